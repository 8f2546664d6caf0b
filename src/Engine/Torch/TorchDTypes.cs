namespace Cairn.Engine.Torch;

/// <summary>Names and sizes of element types.</summary>
public static class TorchDTypes
{
    private static readonly (TorchDType DType, string Name, int Size)[] Table =
    [
        (TorchDType.Float32, "float32", 4), (TorchDType.Float64, "float64", 8), (TorchDType.Float16, "float16", 2),
        (TorchDType.BFloat16, "bfloat16", 2), (TorchDType.Complex64, "complex64", 8), (TorchDType.Complex128, "complex128", 16),
        (TorchDType.Int64, "int64", 8), (TorchDType.Int32, "int32", 4), (TorchDType.Int16, "int16", 2), (TorchDType.Int8, "int8", 1),
        (TorchDType.UInt8, "uint8", 1), (TorchDType.Bool, "bool", 1),
    ];

    private static string Names => string.Join(", ", Table.Select(r => r.Name));

    /// <summary>The NumPy name, which is also the name in specs and on disk.</summary>
    public static string Name(this TorchDType dtype) => Row(dtype).Name;

    /// <summary>Bytes of one element.</summary>
    public static int ItemSize(this TorchDType dtype) => Row(dtype).Size;

    public static bool IsFloatingPoint(this TorchDType dtype) =>
        dtype is TorchDType.Float16 or TorchDType.BFloat16 or TorchDType.Float32 or TorchDType.Float64;

    /// <summary>Reads a NumPy name.</summary>
    /// <exception cref="SpecException">The name is no element type of a tensor.</exception>
    public static TorchDType Parse(string name)
    {
        foreach (var row in Table)
        {
            if (row.Name == name)
            {
                return row.DType;
            }
        }
        throw new SpecException($"'{name}' is not an element type of a tensor; expected one of {Names}.");
    }

    private static (TorchDType DType, string Name, int Size) Row(TorchDType dtype)
    {
        foreach (var row in Table)
        {
            if (row.DType == dtype)
            {
                return row;
            }
        }
        throw new SpecException($"Element type number {(int)dtype} is not supported; convert the tensor to one of "
            + $"{Names} in the model.");
    }
}
