namespace Cairn.Engine.Rollouts;

/// <summary>Decides whether a run that was begun may go on under the spec that it is given now.</summary>
public static class ResumeCheck
{
    private const string BeforeTorchSharp = "It was started by a build on an older libtorch, whose bytes this one does not reproduce. ";

    /// <summary>Refuses what would change numbers that are already written, key by key; returns warnings for what may change but deserves
    /// to be told.</summary>
    /// <param name="begun">The record of the run as it was begun.</param>
    /// <param name="now">The record that the spec of now would give.</param>
    /// <exception cref="SpecException">The spec may not go on with this data.</exception>
    public static IReadOnlyList<string> Check(RunRecord begun, RunRecord now)
    {
        var differences = new List<SpecDifference>();
        differences.AddRange(RunSpecComparison.Differences(begun.Numerics, now.Numerics).Where(d => !IsMore(d)));
        differences.AddRange(RunSpecComparison.Differences(begun.OutputLayout, now.OutputLayout));
        differences.AddRange(Shrunk(begun.Spec, now.Spec));
        if (differences.Count > 0)
            throw new SpecException(Refusal(begun, now, "The spec differs from the one that this run was started with:", differences)
                + "To start over, add --fresh: the old data is moved aside, not deleted. To keep the old run, give this one other paths.");
        return CheckFingerprint(begun, now);
    }

    /// <summary>A lag more is a member more, and a later initial time has members of its own; those that were there keep theirs.</summary>
    private static bool IsMore(SpecDifference difference) => difference.Old is null && IsOfSome(difference.Key);

    /// <summary>Whether a setting that shapes numbers belongs to some members, so that a growing run has more such settings.</summary>
    internal static bool IsOfSome(string key) => key.StartsWith("ensemble.perturbation.lags[", StringComparison.Ordinal)
        || key.StartsWith("initial.time[", StringComparison.Ordinal);

    private static List<string> CheckFingerprint(RunRecord begun, RunRecord now)
    {
        var differences = RunSpecComparison.Differences(begun.Fingerprint, now.Fingerprint);
        if (differences.Count == 0)
            return [];
        if (now.Spec.Checkpoint.OnFingerprintChange == FingerprintPolicy.Refuse)
        {
            const string what = "The numerics differ from those that this run was started with, so its bytes may too:";
            throw new SpecException(Refusal(begun, now, what, differences)
                + HowToKeepTheCut(begun, now)
                + (begun.Fingerprint.Any(e => e.Key == "torchsharp") ? "" : BeforeTorchSharp)
                + "Resume it on the first machine, or accept other bytes with --set checkpoint.on-fingerprint-change=warn, "
                + "or start over with --fresh.");
        }
        return [.. differences.Select(d => $"numerics changed, later bytes may differ from an undisturbed run: {d}")];
    }

    private static string HowToKeepTheCut(RunRecord begun, RunRecord now) =>
        begun.Spec.Ensemble.BatchSize == now.Spec.Ensemble.BatchSize
            ? ""
            : $"To keep the cut, use --set ensemble.batch-size={begun.Spec.Ensemble.BatchSize}. ";

    private static IEnumerable<SpecDifference> Shrunk(RunSpec begun, RunSpec now)
    {
        if (now.Ensemble.Size < begun.Ensemble.Size)
            yield return new SpecDifference("ensemble.size", $"{begun.Ensemble.Size}", $"{now.Ensemble.Size} (it may only grow)");
        else if (now.Ensemble.Size > begun.Ensemble.Size && begun.Initial.TimeCount > 1)
            yield return new SpecDifference(
                "ensemble.size", $"{begun.Ensemble.Size}", $"{now.Ensemble.Size} (with several initial times it cannot change)");
        if (now.LeadTimes.Count < begun.LeadTimes.Count)
            yield return new SpecDifference("lead-times.count", $"{begun.LeadTimes.Count}", $"{now.LeadTimes.Count} (it may only grow)");
    }

    private static string Refusal(RunRecord begun, RunRecord now, string what, IReadOnlyList<SpecDifference> differences)
    {
        var text = new StringBuilder().Append(now.Spec.Checkpoint.Path)
            .Append(" holds run '").Append(begun.Spec.Name).Append("'. ").Append(what).Append('\n');
        foreach (var difference in differences)
            text.Append("  ").Append(difference).Append('\n');
        return text.ToString();
    }
}
