namespace Cairn.Engine.Runs;

/// <summary>One setting and the text of its value, as compared when a run is resumed.</summary>
public sealed record SpecEntry(string Key, string Value);

/// <summary>A setting that two specs give differently; null where one of them does not have it.</summary>
public sealed record SpecDifference(string Key, string? Old, string? New)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}: was {Old ?? "not set"}, now {New ?? "not set"}";
}
