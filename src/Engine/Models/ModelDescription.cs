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

/// <summary>Closed interval of values that a variable may physically take, in the variable's own unit.</summary>
public readonly record struct FieldBounds(double Min, double Max)
{
    public bool Contains(double min, double max) => min >= Min && max <= Max;
}

/// <summary>Checks tensors against what a model's description says of them.</summary>
public static class ModelShapes
{
    /// <summary>Initial fields are <c>[batch, input variable, latitude, longitude]</c> with at least one member.</summary>
    /// <exception cref="SpecException">They are not.</exception>
    public static void RequireFields(ModelDescription model, Tensor fields)
    {
        var shape = fields.shape;
        if (shape.Length != 4 || shape[0] < 1 || !Ends(shape, model.InputVariables.Count, model.InputGrid))
            throw new SpecException($"The initial fields given to the {model.Kind} model have shape {Text(shape)}; expected "
                + $"{Expected("batch", model.InputVariables, model.InputGrid)}. Check initial.variables and the file's grid.");
    }

    /// <summary>Output fields are <c>[batch, output variable, latitude, longitude]</c> for the batch of the state.</summary>
    internal static bool IsOutput(ModelDescription model, Tensor fields, long batch) =>
        fields.shape.Length == 4 && fields.shape[0] == batch && Ends(fields.shape, model.OutputVariables.Count, model.OutputGrid);

    internal static string ExpectedOutput(ModelDescription model, long batch) =>
        Expected(batch.ToString(CultureInfo.InvariantCulture), model.OutputVariables, model.OutputGrid);

    internal static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";

    private static bool Ends(long[] shape, int variables, LatLonGrid grid) =>
        shape[1] == variables && shape[2] == grid.Latitudes.Count && shape[3] == grid.Longitudes.Count;

    private static string Expected(string batch, IReadOnlyList<string> variables, LatLonGrid grid) =>
        $"[{batch}, {variables.Count}, {grid.Latitudes.Count}, {grid.Longitudes.Count}] "
        + $"(batch; {string.Join(", ", variables)}; latitude; longitude)";
}
