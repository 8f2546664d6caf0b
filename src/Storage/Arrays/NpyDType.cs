namespace Cairn.Storage.Arrays;

/// <summary>The type of an array's elements, in NumPy's terms. Byte order is no part of it: arrays in memory are little-endian.</summary>
/// <param name="Kind">NumPy's kind: <c>b</c> bool, <c>i u f c</c> numbers, <c>U S</c> text of fixed width, <c>M m</c> datetime64 and
/// timedelta64.</param>
/// <param name="ItemSize">Bytes of one element; four for each character of <c>U</c>.</param>
/// <param name="Unit">For <c>M</c> and <c>m</c>: the unit with its count (<c>h</c>, <c>25s</c>), or null for NumPy's generic unit.</param>
public readonly record struct NpyDType(char Kind, int ItemSize, string? Unit = null)
{
    public static NpyDType Boolean => new('b', 1);
    public static NpyDType Int64 => new('i', 8);
    public static NpyDType Float32 => new('f', 4);
    public static NpyDType Float64 => new('f', 8);

    /// <summary>What <c>str(numpy.dtype)</c> prints: <c>float32</c>, <c>bool</c>, <c>&lt;U5</c>, <c>|S3</c>,
    /// <c>datetime64[h]</c>.</summary>
    public string Name => Kind switch
    {
        'b' => "bool",
        'i' => $"int{Bits}",
        'u' => $"uint{Bits}",
        'f' => $"float{Bits}",
        'c' => $"complex{Bits}",
        'M' => $"datetime64{UnitSuffix}",
        'm' => $"timedelta64{UnitSuffix}",
        _ => Descr,
    };

    /// <summary>What the header of a <c>.npy</c> file holds: <c>&lt;f4</c>, <c>|b1</c>, <c>|u1</c>, <c>&lt;U5</c>, <c>|S3</c>,
    /// <c>&lt;M8[h]</c>.</summary>
    public string Descr
    {
        get
        {
            var order = Kind is 'S' or 'b' || (Kind != 'U' && ItemSize == 1) ? '|' : '<';
            var count = Kind == 'U' ? ItemSize / 4 : ItemSize;
            return string.Create(CultureInfo.InvariantCulture, $"{order}{Kind}{count}{UnitSuffix}");
        }
    }

    /// <summary>Bytes that one swap reverses: a part of a complex number, a character of text, otherwise the element; 1 when order does not
    /// matter.</summary>
    internal int SwapSize => Kind switch
    {
        'S' or 'b' => 1,
        'U' => 4,
        'c' => ItemSize / 2,
        _ => ItemSize,
    };

    private string Bits => (ItemSize * 8).ToString(CultureInfo.InvariantCulture);

    private string UnitSuffix => Unit is null ? "" : $"[{Unit}]";

    /// <summary>Reads NumPy's name of a type (<c>float32</c>, <c>datetime64[h]</c>) or its array-interface form (<c>&lt;f4</c>,
    /// <c>&gt;i8</c>, <c>|S3</c>).</summary>
    /// <exception cref="DataException">The text names no type that a <c>.npy</c> file may hold here; object and structured types among
    /// them.</exception>
    public static NpyDType Parse(string numpyNameOrDescr) => DTypeText.Parse(numpyNameOrDescr, out _);
    public override string ToString() => Name;
}
