using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources.Regridding;
using Cairn.Storage.NetCdf;

namespace Cairn.Engine.Sources;

/// <summary>Reads the initial condition that a spec names.</summary>
public static class InitialSources
{
    /// <summary>Reads the same variables as they are at another time.</summary>
    /// <exception cref="DataException">The source has no such time.</exception>
    /// <exception cref="SpecException">The source has one state only.</exception>
    public static InitialCondition Read(InitialSpec spec, CfTime time)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Source switch
        {
            InitialSource.NetCdf => OnItsGrid(spec, ReadNetCdf(spec, TimeSelector.At(time.ToString()))),
            InitialSource.Zarr => OnItsGrid(spec, StoredRun.Read(spec, time)),
            _ => throw new SpecException($"initial.source = {SpecText.Word(spec.Source)} gives one state, which no other time has; "
                + "expected a source with several times. Use netcdf or zarr."),
        };
    }

    /// <summary>The times that a source of several has.</summary>
    /// <exception cref="DataException">The source is damaged, or lacks a variable.</exception>
    public static IReadOnlyList<CfTime> Times(InitialSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Source == InitialSource.Zarr ? StoredRun.Times(spec) : NetCdfFields.Times(spec.Path, spec.Variables[0].FileVariable);
    }

    /// <summary>The initial condition of a run, whole; values are finite.</summary>
    /// <exception cref="DataException">The file, a variable or the time is not there, or values are missing; the message lists what is
    /// there.</exception>
    /// <exception cref="SpecException">The model has no such state of its own, or the grid that is asked for reaches beyond the
    /// source's.</exception>
    public static InitialCondition Read(RunSpec run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Initial.Source switch
        {
            InitialSource.Model => run.Checkpoint.Chm?.Settings.LoadPath is { } path
                ? ChmState.Read(path, run.Model)
                : ModelKinds.Of(run.Model).ReadCase(
                    run.Model, run.Initial.Case ?? "", CfTime.Parse(run.Initial.Time?.Text ?? "2000-01-01", CfCalendar.Standard, out _)),
            _ => Read(run.Initial),
        };
    }

    /// <summary>Reads it whole, from a source that needs no model; values are finite.</summary>
    /// <exception cref="DataException">The file, a variable or the time is not there, or values are missing; the message lists what is
    /// there.</exception>
    /// <exception cref="SpecException">The source needs a model, or the grid that is asked for reaches beyond the source's.</exception>
    public static InitialCondition Read(InitialSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return OnItsGrid(spec, spec.Source switch
        {
            InitialSource.NetCdf => ReadNetCdf(spec, Selector(spec.Time)),
            InitialSource.Npy => NpyArrays.Read(spec),
            InitialSource.Zarr => StoredRun.Read(spec, null),
            InitialSource.Analytic => AnalyticFlows.Read(spec),
            InitialSource.Random => RandomFields.Read(spec),
            _ => throw new SpecException($"initial.source = {SpecText.Word(spec.Source)} needs the model, which was not given; expected "
                + "another source."),
        });
    }

    private static InitialCondition OnItsGrid(InitialSpec spec, InitialCondition initial)
    {
        if (spec.Regrid is not { } regrid)
        {
            return initial;
        }

        var transfer = GridTransfer.Between(initial.Grid, regrid.Grid.ToGrid(), regrid.Method);
        return initial with { Grid = transfer.Target, Fields = transfer.Apply(initial.Fields) };
    }

    private static InitialCondition ReadNetCdf(InitialSpec spec, TimeSelector time)
    {
        var wanted = spec.Variables.Select(v => KeyValuePair.Create(v.Name, v.FileVariable)).ToList();
        var fields = NetCdfFields.Read(spec.Path, wanted, time);
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
        _ => TimeSelector.AtOrStated(time.Text!),
    };
}
