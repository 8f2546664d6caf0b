namespace Cairn.Api.Wire;

/// <summary>Describes a server of this API.</summary>
/// <param name="Version">Cairn's version.</param>
/// <param name="Run">The only run of its process (<c>cairn run --dashboard</c>); null for a seed, which takes runs.</param>
/// <param name="Roots">Folders that a submitted spec may name; empty if nothing can be submitted.</param>
public sealed record SeedWire(string Version, string? Run, IReadOnlyList<string> Roots);
