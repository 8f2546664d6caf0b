namespace Cairn.Storage.Chm.Conversion;

/// <summary>What a conversion wrote, and what it had to leave out.</summary>
/// <param name="Written">The checkpoints or sessions, oldest first, by the names that they got.</param>
/// <param name="LeftOut">Each thing that has no place in the other format, in a sentence.</param>
public sealed record Converted(IReadOnlyList<string> Written, IReadOnlyList<string> LeftOut);
