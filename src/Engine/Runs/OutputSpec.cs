namespace Cairn.Engine.Runs;

/// <summary>Where and how fields are written.</summary>
public sealed record OutputSpec
{
    /// <summary>The word for no fields at all.</summary>
    public const string None = "none";

    /// <summary>How fields are written: the word of a kind of store, or <see cref="None"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Whether fields are written.</summary>
    public bool WritesFields => Kind != None;

    /// <summary>Absolute path of the store; null with <see cref="None"/>.</summary>
    public string? Path { get; init; }

    /// <summary>Which output variables, in this order, or null for all.</summary>
    public IReadOnlyList<string>? Variables { get; init; }

    /// <summary>Fields of every this many boundaries are written, counted from lead time zero.</summary>
    public int Every { get; init; } = 1;

    /// <summary>What the spec says of the store besides.</summary>
    public FieldStoreSpec Store { get; init; } = FieldStoreKinds.All[0].Usual;

    /// <summary>How many bits of the mantissas of some variables are kept, by name; of the others all.</summary>
    public IReadOnlyList<KeepBitsSpec> KeepBits { get; init; } = [];

    /// <summary>Units of variables, by name, where the model and its input have none.</summary>
    public IReadOnlyList<SpecEntry> Units { get; init; } = [];

    /// <summary>The part of the grid that is written, or null for all of it.</summary>
    public BoxSpec? Box { get; init; }

    /// <summary>What latitude and longitude are called in the files.</summary>
    public CoordinateNames CoordinateNames { get; init; } = CoordinateNames.Cf;

    /// <summary>Degrees east that longitudes begin at, to go once around eastward; null to have them as the grid has them.</summary>
    public double? LongitudeFrom { get; init; }

    /// <summary>Which way the latitudes go.</summary>
    public LatitudeOrder LatitudeOrder { get; init; } = LatitudeOrder.Grid;

    /// <summary>Absolute path of the picture that is drawn of the fields at the end, or null for none.</summary>
    public string? Picture { get; init; }

    /// <summary>Absolute path of a NetCDF file with the fields of every member, made at the end, or null for none.</summary>
    public string? NetCdf { get; init; }

    /// <summary>Statistics over the members, made at the end, or null for none.</summary>
    public StatisticsSpec? Statistics { get; init; }

    /// <summary>Whether the store of the members' fields stays once everything is derived from it.</summary>
    public bool KeepMembers { get; init; } = true;

    /// <summary>The settings that name derived files, and their paths, in the order in which they are made.</summary>
    public IReadOnlyList<SpecEntry> DerivedFiles() =>
    [
        .. NetCdf is { } fields ? [new SpecEntry("output.netcdf", fields)] : Array.Empty<SpecEntry>(),
        .. Statistics is { } statistics ? [new SpecEntry("output.statistics.path", statistics.Path)] : Array.Empty<SpecEntry>(),
    ];
}

/// <summary>Statistics over the members.</summary>
/// <param name="Path">Absolute path of the NetCDF file.</param>
/// <param name="Quantiles">Probabilities from 0 to 1, growing; may be empty.</param>
public sealed record StatisticsSpec(string Path, IReadOnlyList<double> Quantiles)
{
    /// <summary>The quantiles unless others are asked for.</summary>
    public static IReadOnlyList<double> UsualQuantiles { get; } = [0.1, 0.5, 0.9];
}

/// <summary>How exactly a variable is stored.</summary>
/// <param name="Variable">Its name.</param>
/// <param name="Bits">The bits of each mantissa that are kept, from 1 to 23.</param>
public sealed record KeepBitsSpec(string Variable, int Bits);

/// <summary>A part of a latitude-longitude grid; a null range means all of that axis.</summary>
/// <param name="Latitude">South and north edge in degrees, south below north.</param>
/// <param name="Longitude">West and east edge in degrees, each from -180 to 360; west above east crosses the grid's seam.</param>
public sealed record BoxSpec(DegreeRange? Latitude, DegreeRange? Longitude);

/// <summary>A range of degrees, both ends inclusive.</summary>
/// <param name="From">South or west edge.</param>
/// <param name="To">North or east edge.</param>
public sealed record DegreeRange(double From, double To);
