namespace Cairn.Engine.Models.Diagnostics;

/// <summary>What a diagnostic takes, gives and is.</summary>
/// <param name="Kind">Its kind in a spec: <c>torchscript</c>, <c>winds</c>, <c>kinetic-energy</c>, …</param>
/// <param name="InputVariables">Variables that it is given, in the order of their axis.</param>
/// <param name="OutputVariables">Variables that it gives, in the order of their axis.</param>
/// <param name="InputGrid">Grid of what it is given.</param>
/// <param name="OutputGrid">Grid of what it gives.</param>
/// <param name="DependsOnBatch">Whether a member's bits may depend on how the ensemble is cut into batches.</param>
/// <param name="Bounds">Physical bounds by output variable, for the health gate; variables that are missing are only checked to be
/// finite.</param>
/// <param name="NumericsInputs">Texts, or digests of files, that shape numbers.</param>
public sealed record DiagnosticDescription(
    string Kind,
    IReadOnlyList<string> InputVariables,
    IReadOnlyList<string> OutputVariables,
    LatLonGrid InputGrid,
    LatLonGrid OutputGrid,
    bool DependsOnBatch,
    IReadOnlyDictionary<string, FieldBounds> Bounds,
    IReadOnlyList<string> NumericsInputs);
