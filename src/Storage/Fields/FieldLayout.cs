using System.Text.RegularExpressions;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Fields;

/// <summary>
/// What a field store holds: members, one initial time, output lead times, a latitude-longitude grid and variables. Immutable; two equal
/// layouts give stores whose metadata have the same bytes.
/// </summary>
public sealed partial record FieldLayout
{
    /// <summary>The ensemble's size; members are numbered from 0.</summary>
    public required int Members { get; init; }

    /// <summary>The time of the initial condition.</summary>
    public required CfTime Time { get; init; }

    /// <summary>The lead times that are written, growing, from the first; whole seconds.</summary>
    public required IReadOnlyList<TimeSpan> LeadTimes { get; init; }

    /// <summary>Degrees north of the grid's rows; metres on a plane.</summary>
    public required IReadOnlyList<double> Latitude { get; init; }

    /// <summary>Degrees east of the grid's columns; metres on a plane.</summary>
    public required IReadOnlyList<double> Longitude { get; init; }

    /// <summary>Whether the grid lies on a plane: rows and columns then hold metres north and east, not degrees.</summary>
    public bool OnPlane { get; init; }

    /// <summary>
    /// The mesh whose triangles the fields lie on, or null for a grid: there is one row then, and <see cref="Longitude"/> holds the
    /// triangles' numbers.
    /// </summary>
    public FieldMesh? Mesh { get; init; }

    /// <summary>The fields.</summary>
    public required IReadOnlyList<FieldVariable> Variables { get; init; }

    /// <summary>The version of Zarr.</summary>
    public FieldFormat Format { get; init; } = FieldFormat.Zarr2;

    /// <summary>How many lead times share a chunk: what is compressed, and read, at once.</summary>
    public int LeadTimesPerChunk { get; init; } = 1;

    /// <summary>How many lead times share a file, which is written whole: those of a chunk unless version 3 of Zarr makes several chunks
    /// a shard. It must divide the flush interval, so that a file is complete at every session.</summary>
    public int LeadTimesPerShard
    {
        get => field == 0 ? LeadTimesPerChunk : field;
        init;
    }

    /// <summary>How chunks are compressed.</summary>
    public FieldCodec Codec { get; init; } = FieldCodec.Zlib;

    /// <summary>The level of <see cref="Codec"/> from 1 to 9, or 0 for no compression.</summary>
    public int CompressionLevel { get; init; } = 1;

    /// <summary>What the axes of the grid are called.</summary>
    public GridNames GridNames { get; init; } = GridNames.Cf;

    /// <summary>How values are stored.</summary>
    public FieldPrecision Precision { get; init; } = FieldPrecision.Single;

    /// <summary>
    /// Which run the store belongs to: a digest of all that shapes its numbers, so that equal runs write equal stores. Null for fields of
    /// no run.
    /// </summary>
    public string? Run { get; init; }

    /// <summary>Where the fields come from, or null where nothing is to be said; a store that is there keeps what it says.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>Whether a store on disk was begun by an older version, which padded the coordinates of members and lead times.</summary>
    internal bool PadsCoordinates { get; init; }

    /// <summary>Names of the dimensions of one field at one lead time.</summary>
    internal IReadOnlyList<string> GridDimensions =>
        Mesh is null ? ZarrMetadata.GridAxes(GridNames) : [UgridVariable.Triangle];

    /// <summary>Their lengths.</summary>
    internal IReadOnlyList<int> GridShape => Mesh is null ? [Latitude.Count, Longitude.Count] : [Longitude.Count];

    /// <summary>Values of one field at one lead time.</summary>
    public int PlaneLength => Latitude.Count * Longitude.Count;

    /// <summary>Values of one chunk, in the order [lead time, latitude, longitude].</summary>
    public int ChunkLength => LeadTimesPerChunk * PlaneLength;

    /// <summary>Values of what is written at once.</summary>
    public int ShardLength => LeadTimesPerShard * PlaneLength;

    /// <summary>Chunks of what is written at once.</summary>
    internal int ChunksPerShard => LeadTimesPerShard / LeadTimesPerChunk;

    /// <summary>Bytes of a stored value.</summary>
    internal int ValueBytes => Precision == FieldPrecision.Single ? sizeof(float) : sizeof(double);

    /// <summary>Checks what the type system cannot.</summary>
    /// <exception cref="SpecException">Something does not hold; the message names it.</exception>
    public void Validate()
    {
        Require(Members >= 1, $"The ensemble has {Members} members; expected at least 1.");
        Require(LeadTimes.Count >= 1 && Latitude.Count >= 1 && Longitude.Count >= 1 && Variables.Count >= 1,
            "The output has no lead times, no grid or no variables; expected at least one of each.");
        Require(LeadTimes.All(t => t >= TimeSpan.Zero && t.Ticks % TimeSpan.TicksPerSecond == 0)
            && LeadTimes.Zip(LeadTimes.Skip(1)).All(p => p.First < p.Second),
            "The output's lead times must be whole seconds, none negative, each later than the one before.");
        Require(Mesh is not { } mesh || (Latitude.Count == 1 && mesh.Fits(Longitude.Count)),
            "The output's mesh does not have the triangles that its fields have.");
        Require(CompressionLevel is >= 0 and <= 9, $"The compression level is {CompressionLevel}; expected 0 (none) to 9.");
        Require(LeadTimesPerChunk >= 1, $"A chunk holds {LeadTimesPerChunk} lead times; expected at least 1.");
        ValidateShards();
        foreach (var name in Variables.Select(v => v.Name))
        {
            Require(VariableName().IsMatch(name) && !ZarrMetadata.Reserved(GridNames).Contains(name, StringComparer.Ordinal),
                $"'{name}' cannot be the name of an output variable; expected letters, digits and underscores, and no coordinate's name.");
            Require(Variables.Count(v => v.Name == name) == 1, $"The output variable '{name}' is named twice.");
        }

        var most = Precision == FieldPrecision.Single ? KeptBits.OfSingle : KeptBits.OfDouble;
        foreach (var variable in Variables.Where(v => v.KeepBits is not null))
        {
            Require(variable.KeepBits >= 1 && variable.KeepBits <= most,
                $"{variable.KeepBits} bits are to be kept of the mantissa of {variable.Name}; expected 1 to {most}.");
        }
    }

    private void ValidateShards()
    {
        Require(LeadTimesPerShard >= LeadTimesPerChunk && LeadTimesPerShard % LeadTimesPerChunk == 0,
            $"A shard holds {LeadTimesPerShard} lead times and a chunk {LeadTimesPerChunk}; expected whole chunks in a shard.");
        Require(Format == FieldFormat.Zarr3 || ChunksPerShard == 1,
            $"A shard holds {ChunksPerShard} chunks; expected one, since version 2 of Zarr has no shards.");
        var points = (long)Latitude.Count * Longitude.Count;
        Require(LeadTimesPerShard * points <= Array.MaxLength / sizeof(double),
            $"{(ChunksPerShard == 1 ? "A chunk" : "A shard")} of {LeadTimesPerShard} lead times on {Latitude.Count} x {Longitude.Count} "
            + $"points is too large; put fewer lead times into {(ChunksPerShard == 1 ? "a chunk" : "a shard")}.");
        Require(Format == FieldFormat.Zarr2 || Codec == FieldCodec.Zlib || LeadTimesPerChunk * points * ValueBytes <= BloscFrame.MostBytes,
            $"A chunk of {LeadTimesPerChunk} lead times on {Latitude.Count} x {Longitude.Count} points is too large for Blosc, which takes "
            + $"up to {BloscFrame.MostBytes} bytes; put fewer lead times into a chunk.");
    }

    /// <summary>Checks that a new store's coordinates go one way, as readers of axes expect.</summary>
    /// <exception cref="SpecException">They do not.</exception>
    internal void RequireAxes() => Require(
        Mesh is not null || OnPlane || (GoesOneWay(Latitude) && GoesOneWay(Longitude)),
        "The output's latitudes or longitudes go back and forth; expected each above the one before, or each below.");

    private static bool GoesOneWay(IReadOnlyList<double> axis) =>
        axis.Zip(axis.Skip(1)).All(p => p.First < p.Second) || axis.Zip(axis.Skip(1)).All(p => p.First > p.Second);

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new SpecException(message);
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,100}$")]
    private static partial Regex VariableName();
}

/// <summary>What the axes of a grid are called.</summary>
public enum GridNames
{
    /// <summary><c>latitude</c> and <c>longitude</c>, as in CF's examples.</summary>
    Cf,

    /// <summary><c>lat</c> and <c>lon</c>, as Earth2Studio has them.</summary>
    Short,
}

/// <summary>The version of Zarr that a store has.</summary>
public enum FieldFormat
{
    /// <summary>Version 2: a file a chunk.</summary>
    Zarr2 = 2,

    /// <summary>Version 3: a file a shard of chunks.</summary>
    Zarr3 = 3,
}

/// <summary>How chunks are compressed.</summary>
public enum FieldCodec
{
    /// <summary>Deflate: zlib, or gzip in version 3 of Zarr.</summary>
    Zlib,

    /// <summary>Zstandard, over shuffled bytes: in a frame of Blosc in version 3 of Zarr.</summary>
    Zstd,
}
