using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models;

/// <summary>What a model takes, gives and is: everything that a rollout has to know before the first step.</summary>
/// <param name="Kind">The model's kind in a spec: <c>barotropic</c>, <c>torchscript</c>, <c>persistence</c>, …</param>
/// <param name="InputVariables">Variables of the initial fields, in the order of their axis.</param>
/// <param name="OutputVariables">Variables of the output fields, in the order of their axis.</param>
/// <param name="InputGrid">Grid of the initial fields.</param>
/// <param name="OutputGrid">Grid of the output fields.</param>
/// <param name="Step">How far one step advances the lead time.</param>
/// <param name="DType">Element type of fields and state.</param>
/// <param name="Device">Where fields and state live.</param>
/// <param name="DependsOnBatch">Whether a member's bits may depend on how the ensemble is cut into batches.</param>
/// <param name="Bounds">Physical bounds by output variable, for the health gate; variables that are missing are only checked to be
/// finite.</param>
/// <param name="NumericsInputs">Texts, or digests of files, that shape numbers: script text, SHA-256 of weights.</param>
public sealed record ModelDescription(
    string Kind,
    IReadOnlyList<string> InputVariables,
    IReadOnlyList<string> OutputVariables,
    LatLonGrid InputGrid,
    LatLonGrid OutputGrid,
    TimeSpan Step,
    ScalarType DType,
    Device Device,
    bool DependsOnBatch,
    IReadOnlyDictionary<string, FieldBounds> Bounds,
    IReadOnlyList<string> NumericsInputs)
{
    /// <summary>The output variables that diagnostics give, and which kind of diagnostic it is.</summary>
    public IReadOnlyDictionary<string, string> Diagnosed { get; init; } = new Dictionary<string, string>();

    /// <summary>What its bits depend on besides libtorch's facts, the cut of the ensemble and its files, by name.</summary>
    public IReadOnlyDictionary<string, string> Fingerprint { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether steps draw random numbers from libtorch's generator, which is then seeded for each member and step.</summary>
    public bool IsStochastic { get; init; }
}
