namespace Cairn.Storage.Catalog;

/// <summary>Something that was not as it should be and was worked around.</summary>
/// <param name="Path">The file or directory at fault.</param>
/// <param name="Defect">What is wrong with it, in a sentence.</param>
/// <param name="Outcome">What was done about it.</param>
public sealed record CheckpointWarning(string Path, string Defect, string Outcome)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Defect} {Outcome}";
}
