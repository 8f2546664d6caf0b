using Cairn.Engine.Runs;
using Cairn.Engine.Sources.Regridding;
using Cairn.Storage.NetCdf;

namespace Cairn.Engine.Sources;

/// <summary>Reads the initial condition that a spec names.</summary>
public static class InitialSources
{
    /// <summary>Whether a source has the same variables at several times.</summary>
    public static bool HasTimes(InitialSpec spec) => SourceKinds.Of(spec).HasTimes;

    /// <summary>Reads the same variables as they are at another time.</summary>
    /// <exception cref="DataException">The source has no such time.</exception>
    /// <exception cref="SpecException">The source has one state only.</exception>
    public static InitialCondition Read(InitialSpec spec, CfTime time)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return OnItsGrid(spec, SourceKinds.Of(spec).Load(spec, time));
    }

    /// <summary>The times that a source of several has.</summary>
    /// <exception cref="DataException">The source is damaged, or lacks a variable.</exception>
    /// <exception cref="SpecException">The source has one state only.</exception>
    public static IReadOnlyList<CfTime> Times(InitialSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return SourceKinds.Of(spec).Times(spec);
    }

    /// <summary>The initial condition of a run, whole; values are finite.</summary>
    /// <exception cref="DataException">The file, a variable or the time is not there, or values are missing; the message lists what is
    /// there.</exception>
    /// <exception cref="SpecException">The model has no such state of its own, or the grid that is asked for reaches beyond the
    /// source's.</exception>
    public static InitialCondition Read(RunSpec run)
    {
        ArgumentNullException.ThrowIfNull(run);
        RequireOneTime(run.Initial);
        return OnItsGrid(run.Initial, SourceKinds.Of(run.Initial).Load(run));
    }

    /// <summary>Reads it whole, from a source that needs no model; values are finite.</summary>
    /// <exception cref="DataException">The file, a variable or the time is not there, or values are missing; the message lists what is
    /// there.</exception>
    /// <exception cref="SpecException">The source needs a model, or the grid that is asked for reaches beyond the source's.</exception>
    public static InitialCondition Read(InitialSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        RequireOneTime(spec);
        return OnItsGrid(spec, SourceKinds.Of(spec).Load(spec));
    }

    private static void RequireOneTime(InitialSpec spec)
    {
        if (spec.LaterTimes.Count > 0)
        {
            throw new SpecException($"initial.time names {spec.TimeCount} times; expected one selected time "
                + $"({nameof(InitialSpec)}.{nameof(InitialSpec.At)}).");
        }
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
}
