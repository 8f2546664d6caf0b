namespace Cairn.Api.Wire;

/// <summary>What a server of this API is.</summary>
/// <param name="Version">Cairn's version.</param>
/// <param name="Run">The one run that its process carries out (<c>cairn run --dashboard</c>); null for a seed, which takes runs.</param>
/// <param name="Roots">Folders that a submitted spec may name; empty where nothing can be submitted.</param>
public sealed record SeedWire(string Version, string? Run, IReadOnlyList<string> Roots);
