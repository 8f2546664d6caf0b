using Cairn.Storage.Derived;

namespace Cairn.Engine.Runs;

/// <summary>Checks that hold between settings.</summary>
internal static class SpecChecks
{
    public static void Check(SettingReader reader, RunSpec spec)
    {
        CheckTimes(reader, spec);
        CheckInitialTimes(reader, spec);
        CheckBatches(reader, spec.Ensemble);
        PerturbationKinds.Of(spec.Ensemble.Perturbation).Check(reader, spec);
        CheckChunks(reader, spec);
        CheckOutputs(reader, spec);
        CheckFaults(reader, spec);
        DeadlineSettings.Check(reader, spec);
        SpecPaths.CheckApart(reader, spec);
    }

    /// <summary>Notes the names in a list that another setting does not have.</summary>
    public static void AreAmong(SettingReader reader, string key, IReadOnlyList<string>? names, IReadOnlyList<string>? known, string of)
    {
        // An empty list of known names is a mistake of its own, noted where it was read.
        if (names is null || known is null or [])
            return;
        var odd = names.Except(known).ToList();
        if (odd.Count > 0)
            reader.Wrong(key, reader.Find(key), string.Join(", ", odd), $"names among {of}: {string.Join(", ", known)}");
    }

    private static void CheckFaults(SettingReader reader, RunSpec spec)
    {
        for (var i = 0; i < spec.Faults.Count; i++)
        {
            var fault = spec.Faults[i];
            if (fault.Member >= spec.Ensemble.Size || fault.Rank >= spec.Ranks.Count || fault.LeadTime > spec.LeadTimes.End)
                reader.Wrong($"{FaultSettings.Key}[{i}]", reader.Find(FaultSettings.Key), "a fault that cannot happen",
                    "a member below ensemble.size, a rank below ranks.count, and a lead time up to the last");
        }
    }

    private static void CheckTimes(SettingReader reader, RunSpec spec)
    {
        const string key = "lead-times.every";
        var (every, count, step) = (spec.LeadTimes.Every, spec.LeadTimes.Count, spec.Model.Step);
        if (every <= TimeSpan.Zero || step <= TimeSpan.Zero)
            return;
        if (every.Ticks % step.Ticks != 0)
            reader.Wrong(key, reader.Find(key), SpecText.Duration(every), $"a whole multiple of model.step = {SpecText.Duration(step)}");
        if (count > TimeSpan.MaxValue.Ticks / every.Ticks)
            reader.Wrong("lead-times.count", reader.Find("lead-times.count"), "a last lead time of at most 29,000 years");
    }

    private static void CheckInitialTimes(SettingReader reader, RunSpec spec)
    {
        const string key = "initial.time";
        if (spec.Initial.LaterTimes.Count == 0)
            return;
        var found = string.Create(CultureInfo.InvariantCulture, $"{spec.Initial.TimeCount} initial times");
        if (!ModelKinds.Of(spec.Model).TakesSeveralTimes)
            reader.Wrong(key, reader.Find(key), found, $"one: a model of kind {spec.Model.Kind} supports one initial time. Give each "
                + "time its own run");
        foreach (var (file, path) in spec.Output.DerivedFiles().Where(derived => !TimePlace.IsIn(derived.Value)))
            reader.Wrong(file, reader.Find(file), path, $"{TimePlace.Word} in the name of the file, for a file of each of {found}");
        if ((long)spec.Ensemble.Size * spec.Initial.TimeCount > EnsembleSettings.MaxMembers)
            reader.Wrong(key, reader.Find(key), $"{found} of {spec.Ensemble.Size.ToString(CultureInfo.InvariantCulture)} members",
                string.Create(CultureInfo.InvariantCulture, $"at most {EnsembleSettings.MaxMembers} members of all times together"));
    }

    private static void CheckBatches(SettingReader reader, EnsembleSpec ensemble)
    {
        if (ensemble.BatchSize > ensemble.Size)
        {
            var size = ensemble.Size.ToString(CultureInfo.InvariantCulture);
            reader.Wrong("ensemble.batch-size", reader.Find("ensemble.batch-size"), $"at most ensemble.size = {size}");
        }
    }

    // A file is written whole before the commit that covers it, so none may straddle a commit.
    private static void CheckChunks(SettingReader reader, RunSpec spec)
    {
        var (output, flush) = (spec.Output, spec.Checkpoint.FlushInterval);
        var boundaries = (long)output.Every * output.Store.LeadTimesPerFile;
        if (!output.WritesFields || flush is not { } interval || interval % boundaries == 0)
            return;
        var (what, per) = output.Store.LeadTimesPerFile > output.Store.LeadTimesPerChunk
            ? ("shards", "output.lead-times-per-shard") : ("chunks", "output.lead-times-per-chunk");
        const string key = "checkpoint.flush-interval";
        var at = reader.Find(key) is null ? per : key;
        at = reader.Find(at) is null ? "output.every" : at;
        reader.Wrong(at, reader.Find(at),
            string.Create(CultureInfo.InvariantCulture, $"flush-interval = {interval} with {what} that span {boundaries} boundaries"),
            $"a flush-interval that output.every * {per} divides, or none");
    }

    private static void CheckOutputs(SettingReader reader, RunSpec spec)
    {
        var known = ModelKinds.Of(spec.Model).Outputs(spec.Model, spec.Initial);
        var written = known is { Count: > 0 } ? known.Concat(spec.Diagnostics.SelectMany(d => d.Outputs)).ToList() : null;
        AreAmong(reader, "output.variables", spec.Output.Variables, written, "the outputs of the model and the diagnostics");
        foreach (var bound in spec.Model.Bounds)
        {
            if (known is { Count: > 0 } && !known.Contains(bound.Variable, StringComparer.Ordinal))
                reader.Wrong($"model.bounds.{bound.Variable}", reader.Find("model.bounds"), bound.Variable,
                    $"a name among the model's outputs: {string.Join(", ", known)}");
        }
    }
}
