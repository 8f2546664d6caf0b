using System.Runtime.InteropServices;

namespace Cairn.Engine.Tests.Models.Onnx;

/// <summary>Writes small ONNX files, with the mistakes that tests want. The numbers of the fields are those of <c>onnx.proto</c>.</summary>
internal sealed class OnnxGraph
{
    public const int Float = 1;
    public const int Int64 = 7;
    public const int Half = 10;
    public const int Double = 11;

    private readonly List<byte> _graph = [];

    /// <summary>An input; an extent is a number or a name, which leaves it free.</summary>
    public OnnxGraph Input(string name, int type, params object[] shape) => Add(11, Value(name, type, shape));

    public OnnxGraph Output(string name, int type, params object[] shape) => Add(12, Value(name, type, shape));

    /// <summary>One operation; attributes are whole numbers.</summary>
    public OnnxGraph Node(string operation, string[] inputs, string[] outputs, params (string Name, long Value)[] attributes) => Add(1,
    [
        .. inputs.SelectMany(name => Text(1, name)),
        .. outputs.SelectMany(name => Text(2, name)),
        .. Text(4, operation),
        .. attributes.SelectMany(a => Field(5, [.. Text(1, a.Name), .. Number(3, a.Value), .. Number(20, 2)])),
    ]);

    /// <summary>Numbers that the file holds.</summary>
    public OnnxGraph Constant(string name, params float[] values) => Add(5,
    [
        .. Number(1, values.Length), .. Number(2, Float), .. Text(8, name), .. Field(9, MemoryMarshal.AsBytes<float>(values).ToArray()),
    ]);

    /// <summary>Numbers that lie in a file beside it.</summary>
    public OnnxGraph External(string name, int count, string location) => Add(5,
    [
        .. Number(1, count), .. Number(2, Float), .. Text(8, name),
        .. Field(13, [.. Text(1, "location"), .. Text(2, location)]), .. Number(14, 1),
    ]);

    /// <summary>Writes the file and gives its path.</summary>
    public string Write(string path, int opset = 13)
    {
        byte[] graph = [.. _graph, .. Text(2, "graph")];
        File.WriteAllBytes(path, [.. Number(1, 8), .. Field(8, Number(2, opset)), .. Field(7, graph)]);
        return path;
    }

    /// <summary>A file whose one output is a function of its one input and a constant.</summary>
    public static OnnxGraph Of(string operation, float constant, object[] shape, int type = Float) =>
        new OnnxGraph().Input("input", type, shape).Output("output", type, shape).Constant("c", constant)
            .Node(operation, ["input", "c"], ["output"]);

    private static byte[] Value(string name, int type, object[] shape)
    {
        var extents = shape.SelectMany(extent => Field(1, extent is string free ? Text(2, free) : Number(1, Convert.ToInt64(extent))));
        return [.. Text(1, name), .. Field(2, Field(1, [.. Number(1, type), .. Field(2, [.. extents])]))];
    }

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));
    private static byte[] Field(int field, byte[] bytes) => [.. Varint(((long)field << 3) | 2), .. Varint(bytes.Length), .. bytes];
    private static byte[] Number(int field, long value) => [.. Varint((long)field << 3), .. Varint(value)];

    private static byte[] Varint(long value)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write7BitEncodedInt64(value);
        return stream.ToArray();
    }

    private OnnxGraph Add(int field, byte[] message)
    {
        _graph.AddRange(Field(field, message));
        return this;
    }
}
