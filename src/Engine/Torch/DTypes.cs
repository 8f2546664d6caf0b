namespace Cairn.Engine.Torch;

/// <summary>Names and sizes of element types.</summary>
public static class DTypes
{
    private static readonly (ScalarType DType, string Name, int Size)[] Table =
    [
        (ScalarType.Float32, "float32", 4), (ScalarType.Float64, "float64", 8), (ScalarType.Float16, "float16", 2),
        (ScalarType.BFloat16, "bfloat16", 2), (ScalarType.ComplexFloat32, "complex64", 8), (ScalarType.ComplexFloat64, "complex128", 16),
        (ScalarType.Int64, "int64", 8), (ScalarType.Int32, "int32", 4), (ScalarType.Int16, "int16", 2), (ScalarType.Int8, "int8", 1),
        (ScalarType.Byte, "uint8", 1), (ScalarType.Bool, "bool", 1),
    ];

    private static string Names => string.Join(", ", Table.Select(r => r.Name));

    /// <summary>The NumPy name, which is also the name in specs and on disk.</summary>
    public static string Name(this ScalarType dtype) => Row(dtype).Name;

    /// <summary>Bytes of one element.</summary>
    public static int ItemSize(this ScalarType dtype) => Row(dtype).Size;

    /// <summary>Reads a NumPy name.</summary>
    /// <exception cref="SpecException">The name is no element type of a tensor.</exception>
    public static ScalarType Parse(string name)
    {
        var at = Array.FindIndex(Table, row => row.Name == name);
        return at >= 0 ? Table[at].DType
            : throw new SpecException($"'{name}' is not an element type of a tensor; expected one of {Names}.");
    }

    /// <summary>The element type of a C# type.</summary>
    internal static ScalarType Of<T>() where T : unmanaged => default(T) switch
    {
        float => ScalarType.Float32,
        double => ScalarType.Float64,
        Half => ScalarType.Float16,
        long => ScalarType.Int64,
        int => ScalarType.Int32,
        short => ScalarType.Int16,
        sbyte => ScalarType.Int8,
        byte => ScalarType.Byte,
        bool => ScalarType.Bool,
        System.Numerics.Complex => ScalarType.ComplexFloat64,
        _ => throw new SpecException($"{typeof(T).Name} is not an element type of a tensor."),
    };

    private static (ScalarType DType, string Name, int Size) Row(ScalarType dtype)
    {
        foreach (var row in Table)
        {
            if (row.DType == dtype)
                return row;
        }
        throw new SpecException($"Element type {dtype} is not supported; convert the tensor to one of {Names} in the model.");
    }
}
