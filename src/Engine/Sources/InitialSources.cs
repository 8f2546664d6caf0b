using Cairn.Engine.Sources.Regridding;

namespace Cairn.Engine.Sources;

/// <summary>Reads the initial condition that a spec names.</summary>
public static class InitialSources
{
    /// <summary>Whether a source has the same variables at several times.</summary>
    public static bool HasTimes(InitialSpec spec) => SourceKinds.Of(spec).HasTimes;

    /// <summary>Reads the same variables as they are at another time.</summary>
    /// <exception cref="DataException">The source has no such time.</exception>
    /// <exception cref="SpecException">The source has one state only.</exception>
    public static InitialCondition Read(InitialSpec spec, CfTime time) => Whole(spec, newest => SourceKinds.Of(newest).Load(newest, time));

    /// <summary>The times that a source of several has.</summary>
    /// <exception cref="DataException">The source is damaged, or lacks a variable.</exception>
    /// <exception cref="SpecException">The source has one state only.</exception>
    public static IReadOnlyList<CfTime> Times(InitialSpec spec) => SourceKinds.Of(spec).Times(spec);

    /// <summary>The initial condition of a run, whole; values are finite.</summary>
    /// <exception cref="DataException">The file, a variable or the time is not there, or values are missing; the message lists what is
    /// there.</exception>
    /// <exception cref="SpecException">The model has no such state of its own, or the grid that is asked for reaches beyond the
    /// source's.</exception>
    public static InitialCondition Read(RunSpec run)
    {
        RequireOneTime(run.Initial);
        return Whole(run.Initial, newest => SourceKinds.Of(newest).Load(run with { Initial = newest }));
    }

    /// <summary>Reads it whole, from a source that needs no model; values are finite.</summary>
    /// <exception cref="DataException">The file, a variable or the time is not there, or values are missing; the message lists what is
    /// there.</exception>
    /// <exception cref="SpecException">The source needs a model, or the grid that is asked for reaches beyond the source's.</exception>
    public static InitialCondition Read(InitialSpec spec)
    {
        RequireOneTime(spec);
        return Whole(spec, SourceKinds.Of(spec).Load);
    }

    private static void RequireOneTime(InitialSpec spec)
    {
        if (spec.LaterTimes.Count > 0)
            throw new SpecException($"initial.time names {spec.TimeCount} times; expected one selected time "
                + $"({nameof(InitialSpec)}.{nameof(InitialSpec.At)}).");
    }

    /// <summary>The fields of the initial time, behind those of the older times that the spec asks for.</summary>
    private static InitialCondition Whole(InitialSpec spec, Func<InitialSpec, InitialCondition> load)
    {
        var one = spec with { History = [] };
        var newest = load(one);
        var times = spec.History.Select(before => Older(one, newest, before)).Append(newest).ToList();
        return OnItsGrid(spec, times.Count == 1 ? newest : newest with
        {
            Variables = spec.VariableNames,
            Fields = [.. times.SelectMany(time => time.Fields)],
            Units = Enumerable.Range(0, spec.VariableNames.Count).ToDictionary(
                i => spec.VariableNames[i], i => newest.Units[spec.Variables[i % spec.Variables.Count].Name]),
        });
    }

    private static InitialCondition Older(InitialSpec spec, InitialCondition newest, TimeSpan before)
    {
        var wanted = newest.Time.Add(-before);
        InitialCondition older;
        try
        {
            older = SourceKinds.Of(spec).Load(spec, wanted);
        }
        catch (DataException e)
        {
            throw new DataException($"{string.Join(", ", spec.Variables.Select(v => InitialSpec.NameBefore(v.Name, before)))} "
                + $"(initial.history) are the fields of {wanted}, {SpecText.Duration(before)} before {newest.Time}: {e.Message}", e);
        }
        return older.Grid.Equals(newest.Grid) ? older : throw new DataException(
            $"The source has a grid of {older.Grid} at {wanted}, and of {newest.Grid} at {newest.Time}; expected the same grid at all "
            + "times that initial.history asks for.");
    }

    private static InitialCondition OnItsGrid(InitialSpec spec, InitialCondition initial)
    {
        if (spec.Regrid is not { } regrid)
            return initial;
        var transfer = GridTransfer.Between(initial.Grid, regrid.Grid.ToGrid(), regrid.Method);
        return initial with { Grid = transfer.Target, Fields = transfer.Apply(initial.Fields) };
    }
}
