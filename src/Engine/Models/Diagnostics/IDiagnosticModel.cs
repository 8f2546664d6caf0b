namespace Cairn.Engine.Models.Diagnostics;

/// <summary>Derives fields from fields of the same moment: what is applied to a model's output at each boundary, beside which its own
/// output is written. It has no memory; member <c>i</c> of the result depends on member <c>i</c> of the argument alone.</summary>
/// <remarks>The argument is never modified and never kept; the returned tensor is new, and the caller disposes it. Failures of the
/// diagnostic's own code are <see cref="StepException"/>.</remarks>
public interface IDiagnosticModel : IDisposable
{
    DiagnosticDescription Description { get; }

    /// <summary><c>[batch, input variable, latitude, longitude]</c> to <c>[batch, output variable, latitude, longitude]</c>, of the same
    /// element type and on the same device.</summary>
    Tensor Diagnose(Tensor fields);
}

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

/// <summary>What every diagnostic on one grid is built from.</summary>
public sealed record DiagnosticOptions
{
    /// <summary>The variables that it is given, in channel order.</summary>
    public required IReadOnlyList<string> Variables { get; init; }

    /// <summary>Names of what it gives, in channel order.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>The grid of what it is given and gives.</summary>
    public required LatLonGrid Grid { get; init; }

    /// <summary>Element type of the fields; a script's floating-point weights are converted to it.</summary>
    public ScalarType DType { get; init; } = ScalarType.Float32;

    public Device Device { get; init; } = CPU;

    /// <summary>Physical bounds by output variable.</summary>
    public IReadOnlyDictionary<string, FieldBounds> Bounds { get; init; } = new Dictionary<string, FieldBounds>();

    internal DiagnosticDescription Describe(string kind, bool dependsOnBatch, params IReadOnlyList<string> numerics) =>
        new(kind, Variables, Outputs, Grid, Grid, dependsOnBatch, Bounds, numerics);

    internal void Require(string kind, int variables, int outputs, string expected)
    {
        if (Variables.Count != variables || Outputs.Count != outputs)
            throw new SpecException($"The diagnostic {kind} was given variables = [{string.Join(", ", Variables)}] and outputs = "
                + $"[{string.Join(", ", Outputs)}]; expected {expected}.");
    }
}
