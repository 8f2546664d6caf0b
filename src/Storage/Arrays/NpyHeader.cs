namespace Cairn.Storage.Arrays;

/// <summary>What the header of a <c>.npy</c> file says, checked but not yet compared with the file's length.</summary>
/// <param name="DType">The type of the elements.</param>
/// <param name="BigEndian">Whether the file stores them with the most significant byte first.</param>
/// <param name="FortranOrder">Whether the first index varies fastest.</param>
/// <param name="Shape">The extent of each dimension.</param>
/// <param name="DataOffset">Where in the file the elements begin, in bytes.</param>
public sealed record NpyHeader(NpyDType DType, bool BigEndian, bool FortranOrder, IReadOnlyList<long> Shape, int DataOffset)
{
    /// <summary>The number of elements; checked against overflow when the header was read.</summary>
    public long Length => ArrayShape.Elements(Shape)!.Value;

    /// <summary>The bytes of all elements; checked against overflow when the header was read.</summary>
    public long DataBytes => ArrayShape.Bytes(DType, Shape)!.Value;
}

/// <summary>Bounds on what a <c>.npy</c> file may ask of its reader.</summary>
public sealed record NpyLimits
{
    /// <summary>The most bytes that the elements of one array may take in memory.</summary>
    public long MaxDataBytes { get; init; } = Array.MaxLength;
}
