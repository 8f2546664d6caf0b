namespace Cairn.Engine.Runs;

/// <summary>Where and how fields are written.</summary>
public sealed record OutputSpec
{
    /// <summary>How fields are written, or that they are not.</summary>
    public required OutputKind Kind { get; init; }

    /// <summary>Absolute path of the store; null with <see cref="OutputKind.None"/>.</summary>
    public string? Path { get; init; }

    /// <summary>Which output variables, in this order, or null for all.</summary>
    public IReadOnlyList<string>? Variables { get; init; }

    /// <summary>Fields of every this many boundaries are written, counted from lead time zero.</summary>
    public int Every { get; init; } = 1;

    /// <summary>How many written lead times one chunk holds; times <see cref="Every"/> it divides the flush interval.</summary>
    public int LeadTimesPerChunk { get; init; } = 1;

    /// <summary>How chunks are compressed.</summary>
    public OutputCompression Compression { get; init; } = OutputCompression.Zlib;

    /// <summary>The part of the grid that is written, or null for all of it.</summary>
    public BoxSpec? Box { get; init; }
}

/// <summary>A part of a latitude-longitude grid; a null range means all of that axis.</summary>
/// <param name="Latitude">South and north edge in degrees, south below north.</param>
/// <param name="Longitude">West and east edge in degrees, each from -180 to 360; west above east crosses the grid's seam.</param>
public sealed record BoxSpec(DegreeRange? Latitude, DegreeRange? Longitude);

/// <summary>A range of degrees, both ends inclusive.</summary>
/// <param name="From">South or west edge.</param>
/// <param name="To">North or east edge.</param>
public sealed record DegreeRange(double From, double To);
