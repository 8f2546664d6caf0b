using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Cairn.Engine.Models.Onnx;

/// <summary>One tensor of an opened ONNX file, and where in the state its variables are.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Channels">How many channels it has.</param>
/// <param name="At">Of the first of them, the channel of the state, or behind those of forcing; one a variable.</param>
/// <param name="HasFreeBatch">Whether its first axis takes any number of members.</param>
/// <param name="Shape">Its extents for one member, or a batch where that is free (0 there).</param>
internal sealed record OnnxPort(string Name, int Channels, IReadOnlyList<int> At, bool HasFreeBatch, IReadOnlyList<long> Shape)
{
    /// <summary>Whether it holds consecutive channels of the state and nothing else, and so can lie in the state's own memory.</summary>
    internal bool IsRun => Channels == At.Count && At[^1] - At[0] == At.Count - 1 && At.Zip(At.Skip(1)).All(p => p.First < p.Second);

    /// <summary>Its extents for so many members.</summary>
    internal long[] ShapeOf(long members) => HasFreeBatch ? [members, .. Shape.Skip(1)] : [.. Shape];
}

/// <summary>Finds the tensors of a mapping in an ONNX file, or says what does not fit.</summary>
/// <param name="path">The file.</param>
/// <param name="options">What it should fit.</param>
internal sealed class OnnxContract(string path, OnnxModelOptions options)
{
    private readonly List<string> _state = [.. options.Mapping.State, .. options.Mapping.Forcing];

    /// <summary>The inputs, one for each that the file has.</summary>
    internal IReadOnlyList<OnnxPort> Inputs(InferenceSession session)
    {
        var ports = Ports("input", options.Mapping.Inputs, session.InputNames, session.InputMetadata);
        var missed = session.InputNames.Except(ports.Select(p => p.Name)).ToList();
        return missed.Count == 0 ? ports : throw new SpecException(
            $"'{path}' takes {string.Join(", ", missed.Select(name => Text(name, session.InputMetadata[name])))} too, which model.inputs "
            + "gives nothing; expected every input of the file there, with the variables along its channels.");
    }

    /// <summary>The outputs that the next state is read from.</summary>
    internal IReadOnlyList<OnnxPort> Outputs(InferenceSession session) =>
        Ports("output", options.Mapping.Outputs, session.OutputNames, session.OutputMetadata);

    private List<OnnxPort> Ports(
        string what, IReadOnlyList<OnnxTensor> tensors, IReadOnlyList<string> names, IReadOnlyDictionary<string, NodeMetadata> found)
    {
        if (tensors is [{ Name: "" }] && names.Count != 1)
            throw new SpecException($"'{path}' has {names.Count} {what}s: {Listed(found)}; expected model.{what}s to tell the variables of "
                + $"each, such as model.{what}s {{ \"{(names.Count > 0 ? names[0] : what)}\" = [{string.Join(", ", _state.Take(2))}] }}.");
        return [.. tensors.Select(tensor => tensor.Name.Length == 0 ? tensor with { Name = names[0] } : tensor)
            .Select(tensor => found.TryGetValue(tensor.Name, out var metadata) ? Port(what, tensor, metadata)
                : throw new SpecException($"'{path}' has no {what} '{tensor.Name}'; it has {Listed(found)}. Check model.{what}s."))];
    }

    private OnnxPort Port(string what, OnnxTensor tensor, NodeMetadata found)
    {
        RequireType(what, tensor.Name, found);
        var (rows, columns) = (options.Grid.Latitudes.Count, options.Grid.Longitudes.Count);
        var dimensions = found.Dimensions;
        var variables = tensor.Variables.Count;
        if (dimensions.Length < 2 || !Is(dimensions[^2], rows) || !Is(dimensions[^1], columns))
            throw Misfit(what, tensor, found, "Check the grid of the initial condition; initial.regrid brings it onto another.");
        var hasFreeBatch = dimensions.Length > 3 && dimensions[0] < 0;
        var inner = dimensions[(hasFreeBatch ? 1 : 0)..^2].Select(d => (long)d).ToArray();
        var unknown = Array.FindAll(inner, d => d < 0).Length;
        var known = inner.Where(d => d >= 0).Aggregate(1L, (product, d) => product * d);
        if (unknown == 1 && known > 0 && variables % known == 0)
        {
            inner[Array.FindIndex(inner, d => d < 0)] = variables / known;
            known = variables;
        }
        else if (unknown > 0)
        {
            throw Misfit(what, tensor, found, "Export it with the number of channels as a constant.");
        }
        if (known != variables && (what == "input" || known < variables))
            throw Misfit(what, tensor, found, $"Name {known} variables, or export it for a free or single member along the first axis.");
        return new OnnxPort(tensor.Name, checked((int)known), [.. tensor.Variables.Select(v => _state.IndexOf(v))], hasFreeBatch,
            [.. hasFreeBatch ? [0] : Array.Empty<long>(), .. inner, rows, columns]);
    }

    private void RequireType(string what, string name, NodeMetadata found)
    {
        var wanted = OnnxTypes.Of(options.DType);
        if (!found.IsTensor || found.ElementDataType != wanted)
        {
            var cure = found.IsTensor && found.ElementDataType is TensorElementType.Float or TensorElementType.Double
                ? $"Set model.dtype = {OnnxTypes.Name(found.ElementDataType)}."
                : "Export it with inputs and outputs of float32 (within, it may compute in others).";
            throw new SpecException(
                $"The {what} {Text(name, found)} of '{path}' was to be of model.dtype = {options.DType.Name()}. {cure}");
        }
    }

    private SpecException Misfit(string what, OnnxTensor tensor, NodeMetadata found, string cure)
    {
        var grid = options.Grid;
        var count = $"{tensor.Variables.Count} variables ({string.Join(", ", tensor.Variables)})";
        return new SpecException($"The {what} {Text(tensor.Name, found)} of '{path}' does not fit: expected axes that hold "
            + $"{(what == "output" ? "at least " : "")}{count}, then {grid.Latitudes.Count} latitudes and {grid.Longitudes.Count} "
            + $"longitudes; before them a free axis of members, or none. {cure}");
    }

    private static bool Is(int dimension, int extent) => dimension < 0 || dimension == extent;

    private static string Listed(IReadOnlyDictionary<string, NodeMetadata> found) =>
        string.Join(", ", found.Select(f => Text(f.Key, f.Value)));

    private static string Text(string name, NodeMetadata found) => !found.IsTensor
        ? $"'{name}' ({found.OnnxValueType}, no tensor)"
        : $"'{name}' ({OnnxTypes.Name(found.ElementDataType)}[{string.Join(", ", found.Dimensions.Select((d, i) => d >= 0
            ? d.ToString(CultureInfo.InvariantCulture)
            : found.SymbolicDimensions[i] is { Length: > 0 } symbol ? symbol : "?"))}])";
}

/// <summary>Element types, as ONNX Runtime and as libtorch know them.</summary>
internal static class OnnxTypes
{
    /// <summary>The type of a state's elements.</summary>
    internal static TensorElementType Of(ScalarType dtype) =>
        dtype == ScalarType.Float64 ? TensorElementType.Double : TensorElementType.Float;

    /// <summary>Its name as a spec writes it.</summary>
    internal static string Name(TensorElementType type) => type switch
    {
        TensorElementType.Float => ScalarType.Float32.Name(),
        TensorElementType.Double => ScalarType.Float64.Name(),
        TensorElementType.Float16 => ScalarType.Float16.Name(),
        _ => type.ToString().ToLowerInvariant(),
    };
}
