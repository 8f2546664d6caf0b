namespace Cairn.Engine.Runs;

/// <summary>What must be equal when a run is resumed. Lead-time count, ensemble size, batch size, checkpoint cadence, slots and ranks may
/// change freely; device and threads are compared by the fingerprint, under <c>checkpoint.on-fingerprint-change</c>; the contents of model
/// and input files by the digests that <see cref="SpecInputs"/> makes, so that a moved file is no difference.</summary>
public static class RunSpecComparison
{
    /// <summary>Every setting that shapes numbers, in a fixed order.</summary>
    public static IReadOnlyList<SpecEntry> ToNumerics(this RunSpec spec) => Entries(spec, Shaping.Numbers);

    /// <summary>Every setting that shapes the field store, in a fixed order; a store is laid out once.</summary>
    public static IReadOnlyList<SpecEntry> ToOutputLayout(this RunSpec spec) => Entries(spec, Shaping.Layout);

    /// <summary>Whether a setting, such as a file's digest, belongs to the diagnostics: no state depends on them, the store does.</summary>
    public static bool IsOfDiagnostic(this SpecEntry entry) => entry.Key.StartsWith("diagnostics[", StringComparison.Ordinal);

    /// <summary>What differs between two specs of one run, in numerics and output layout, key by key; empty when it may be
    /// resumed.</summary>
    public static IReadOnlyList<SpecDifference> Differences(RunSpec old, RunSpec current) =>
    [
        .. Differences(old.ToNumerics(), current.ToNumerics()),
        .. Differences(old.ToOutputLayout(), current.ToOutputLayout()),
    ];

    /// <summary>What differs between two lists of settings, in the order of the old one, then what only the new one has.</summary>
    public static IReadOnlyList<SpecDifference> Differences(IReadOnlyList<SpecEntry> old, IReadOnlyList<SpecEntry> current)
    {
        var before = old.ToDictionary(e => e.Key, e => e.Value);
        var now = current.ToDictionary(e => e.Key, e => e.Value);
        var keys = old.Select(e => e.Key).Concat(current.Select(e => e.Key)).Distinct();
        return [.. keys
            .Select(key => new SpecDifference(key, before.GetValueOrDefault(key), now.GetValueOrDefault(key)))
            .Where(d => d.Old != d.New)];
    }

    private static List<SpecEntry> Entries(RunSpec spec, Shaping shaping) =>
        [.. RunSettings.Of(spec).Where(s => s.Shapes == shaping).OrderBy(s => s.ComparedLast).SelectMany(s => s.Entries(spec))];
}

/// <summary>One setting and the text of its value, as compared when a run is resumed.</summary>
public sealed record SpecEntry(string Key, string Value);

/// <summary>A setting that two specs give differently; null where one of them does not have it.</summary>
public sealed record SpecDifference(string Key, string? Old, string? New)
{
    public override string ToString() => $"{Key}: was {Old ?? "not set"}, now {New ?? "not set"}";
}
