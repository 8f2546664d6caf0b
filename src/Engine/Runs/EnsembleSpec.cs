namespace Cairn.Engine.Runs;

/// <summary>The boundaries after lead time zero.</summary>
/// <param name="Every">Time between boundaries, a whole multiple of the model's step.</param>
/// <param name="Count">How many boundaries, at least 1; the run ends at <c>Every * Count</c>.</param>
public sealed record LeadTimeSpec(TimeSpan Every, int Count)
{
    /// <summary>The last lead time.</summary>
    public TimeSpan End => Every * Count;
}

/// <summary>The members of a run.</summary>
/// <param name="Size">How many members, at least 1.</param>
/// <param name="BatchSize">How many members are stepped together, from 1 to <paramref name="Size"/>.</param>
/// <param name="Seed">The run's seed; each member's generator is seeded from it and the member's number.</param>
/// <param name="Perturbation">How members are made to differ.</param>
public sealed record EnsembleSpec(int Size, int BatchSize, long Seed, PerturbationSpec Perturbation);

internal static class LeadTimeSettings
{
    public static readonly SettingSection<LeadTimeSpec> Section = new("lead-times", spec => spec.LeadTimes);

    private static readonly Setting<TimeSpan> Every = Section.Add(
        "every", Duration("6h"), l => l.Every, shapes: Shaping.Numbers, example: "6h",
        help: "The time between two boundaries, a whole multiple of model.step.");

    private static readonly Setting<int> Count = Section.Add(
        "count", Integer("how many boundaries follow lead time zero", 1), l => l.Count, shapes: Shaping.Length, example: "40",
        help: "How many boundaries follow lead time zero.");

    public static LeadTimeSpec Read(SettingReader reader) => new(reader.Get(Every), reader.Get(Count));
}

/// <summary>The settings of <c>ensemble</c>, but for the perturbation.</summary>
internal static class EnsembleSettings
{
    // Folders of batches number their members with six digits.
    internal const int MaxMembers = 1_000_000;

    public static readonly SettingSection<EnsembleSpec> Section = new("ensemble", spec => spec.Ensemble);

    private static readonly Setting<int> Size = Section.Add(
        "size", Integer("how many members the run has", 1, MaxMembers), e => e.Size, usual: 1, shapes: Shaping.Length,
        help: "How many members the run has.");

    private static readonly Setting<int> BatchSize = Section.Add(
        "batch-size", Integer("how many members are stepped together", 1, MaxMembers), e => e.BatchSize, shapes: Shaping.Fingerprint,
        unset: "ensemble.size", example: "1", help: "How many members are stepped together. By default all of them.");

    private static readonly Setting<long> RunSeed = Section.Add(
        "seed", Seed, e => e.Seed, usual: 0, shapes: Shaping.Numbers,
        help: "The run's seed, a whole number of 64 bits; each member draws from its own generator.");

    public static EnsembleSpec Read(SettingReader reader, InitialSpec initial)
    {
        var size = reader.Get(Size);
        return new EnsembleSpec(size, reader.Get(BatchSize, size), reader.Get(RunSeed), PerturbationSettings.Read(reader, initial));
    }
}
