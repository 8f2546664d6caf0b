using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models;

/// <summary>Checks tensors against what a model's description says of them.</summary>
public static class ModelShapes
{
    /// <summary>Initial fields are <c>[batch, input variable, latitude, longitude]</c> with at least one member.</summary>
    /// <exception cref="SpecException">They are not.</exception>
    public static void RequireFields(ModelDescription model, Tensor fields)
    {
        var shape = fields.shape;
        if (shape.Length != 4 || shape[0] < 1 || !Ends(shape, model.InputVariables.Count, model.InputGrid))
        {
            throw new SpecException($"The initial fields given to the {model.Kind} model have shape {Text(shape)}; expected "
                + $"{Expected("batch", model.InputVariables, model.InputGrid)}. Check initial.variables and the file's grid.");
        }
    }

    /// <summary>Output fields are <c>[batch, output variable, latitude, longitude]</c> for the batch of the state.</summary>
    internal static bool IsOutput(ModelDescription model, Tensor fields, long batch) =>
        fields.shape.Length == 4 && fields.shape[0] == batch && Ends(fields.shape, model.OutputVariables.Count, model.OutputGrid);

    internal static string ExpectedOutput(ModelDescription model, long batch) =>
        Expected(batch.ToString(System.Globalization.CultureInfo.InvariantCulture), model.OutputVariables, model.OutputGrid);

    internal static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";

    private static bool Ends(long[] shape, int variables, LatLonGrid grid) =>
        shape[1] == variables && shape[2] == grid.Latitudes.Count && shape[3] == grid.Longitudes.Count;

    private static string Expected(string batch, IReadOnlyList<string> variables, LatLonGrid grid) =>
        $"[{batch}, {variables.Count}, {grid.Latitudes.Count}, {grid.Longitudes.Count}] "
        + $"(batch; {string.Join(", ", variables)}; latitude; longitude)";
}
