using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Storage.NetCdf;

namespace Cairn.Engine.Sources;

/// <summary>Reads the initial condition that a spec names.</summary>
public static class InitialSources
{
    /// <summary>Reads the same variables as they are at another time.</summary>
    /// <exception cref="DataException">The source has no such time.</exception>
    public static InitialCondition Read(InitialSpec spec, CfTime time)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return Read(spec with { Time = new InitialTime(time.ToString(), null) });
    }

    /// <summary>The initial condition of a run, whole; values are finite.</summary>
    /// <exception cref="DataException">The file, a variable or the time is not there, or values are missing; the message lists what is
    /// there.</exception>
    /// <exception cref="SpecException">The model has no such state of its own.</exception>
    public static InitialCondition Read(RunSpec run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Initial.Source switch
        {
            InitialSource.Model => ModelCases.Read(run.Model, run.Initial),
            _ => Read(run.Initial),
        };
    }

    /// <summary>Reads it whole, from a source that needs no model; values are finite.</summary>
    /// <exception cref="DataException">The file, a variable or the time is not there, or values are missing; the message lists what is
    /// there.</exception>
    public static InitialCondition Read(InitialSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Source switch
        {
            InitialSource.NetCdf => ReadNetCdf(spec),
            InitialSource.Model => throw new SpecException("initial.source = model gives one state, which no other time has; expected a "
                + "source with several times. Use netcdf."),
            _ => throw new SpecException($"initial.source {spec.Source} is not known here. Use netcdf."),
        };
    }

    private static InitialCondition ReadNetCdf(InitialSpec spec)
    {
        var wanted = spec.Variables.Select(v => KeyValuePair.Create(v.Name, v.FileVariable)).ToList();
        var fields = NetCdfFields.Read(spec.Path, wanted, Selector(spec.Time));
        return new InitialCondition(
            spec.VariableNames,
            new LatLonGrid(fields.Latitude, fields.Longitude),
            fields.Values,
            fields.Time ?? CfTime.Parse("1970-01-01", CfCalendar.Standard, out _),
            fields.Variables.ToDictionary(v => v.Name, v => v.Units, StringComparer.Ordinal));
    }

    private static TimeSelector Selector(InitialTime? time) => time switch
    {
        null => TimeSelector.Only,
        { Index: { } index } => TimeSelector.At(index),
        _ => TimeSelector.Parse(time.Text!),
    };
}
