using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Diagnostics;

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

    /// <exception cref="SpecException">There are more or fewer variables or outputs.</exception>
    internal void Require(string kind, int variables, int outputs, string expected)
    {
        if (Variables.Count != variables || Outputs.Count != outputs)
        {
            throw new SpecException($"The diagnostic {kind} was given variables = [{string.Join(", ", Variables)}] and outputs = "
                + $"[{string.Join(", ", Outputs)}]; expected {expected}.");
        }
    }
}
