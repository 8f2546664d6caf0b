namespace Cairn.Storage.NetCdf;

/// <summary>A dimension of a NetCDF file.</summary>
public sealed record NetCdfDimension(string Name, long Length, bool IsUnlimited);

/// <summary>The external types of a NetCDF variable; numbers are libnetcdf's.</summary>
public enum NetCdfType
{
    None = 0,
    SignedByte = 1,
    Character = 2,
    Int16 = 3,
    Int32 = 4,
    Float = 5,
    Double = 6,
    UnsignedByte = 7,
    UInt16 = 8,
    UInt32 = 9,
    Int64 = 10,
    UInt64 = 11,
    Text = 12,
}

/// <summary>An attribute: text, or numbers (as double), the other being null. Attributes of user-defined types have neither.</summary>
public sealed record NetCdfAttribute(string Name, string? Text, IReadOnlyList<double>? Numbers)
{
    /// <summary>The type that the file keeps it in; <see cref="NetCdfType.None"/> where it is user-defined.</summary>
    public NetCdfType Type { get; init; }
}

/// <summary>A variable of a NetCDF file.</summary>
public sealed record NetCdfVariable(
    string Name, NetCdfType Type, IReadOnlyList<NetCdfDimension> Dimensions, IReadOnlyDictionary<string, NetCdfAttribute> Attributes)
{
    internal int Id { get; init; }

    /// <summary>The text of an attribute, or null when it is absent or holds numbers.</summary>
    public string? Text(string attribute) => Attributes.GetValueOrDefault(attribute)?.Text;

    /// <summary>The first number of an attribute, or null when it is absent or holds text.</summary>
    public double? Number(string attribute) => Attributes.GetValueOrDefault(attribute)?.Numbers is [var first, ..] ? first : null;

    /// <summary>How many values it holds; of more than can be counted, as many as can be.</summary>
    internal long Size => (long)Dimensions.Aggregate(
        UInt128.One, (size, dimension) => UInt128.Min(size * (UInt128)dimension.Length, (UInt128)long.MaxValue));

    /// <summary><c>name(dimension = length, …)</c>, for messages.</summary>
    public override string ToString() => $"{Name}({string.Join(", ", Dimensions.Select(d => $"{d.Name} = {d.Length}"))})";
}
