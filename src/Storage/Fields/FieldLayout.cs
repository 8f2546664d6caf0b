using System.Text.RegularExpressions;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Fields;

/// <summary>What a field store holds: members, initial times, output lead times, a latitude-longitude grid and variables. Immutable; two
/// equal layouts give stores whose metadata have the same bytes.</summary>
public sealed partial record FieldLayout
{
    /// <summary>Members of each initial time.</summary>
    public required int Members { get; init; }

    /// <summary>The time of the initial condition, or the first of several.</summary>
    public required CfTime Time { get; init; }

    /// <summary>The initial times after the first, growing, in its calendar; usually none.</summary>
    public IReadOnlyList<CfTime> LaterTimes { get; init; } = [];

    /// <summary>All initial times.</summary>
    public IReadOnlyList<CfTime> Times => [Time, .. LaterTimes];

    /// <summary>How a store numbers its members over all initial times.</summary>
    public MemberNumbers Numbers => new(Members, 1 + LaterTimes.Count);

    /// <summary>The lead times that are written, growing, from the first; whole seconds.</summary>
    public required IReadOnlyList<TimeSpan> LeadTimes { get; init; }

    /// <summary>Degrees north of the grid's rows; metres on a plane.</summary>
    public required IReadOnlyList<double> Latitude { get; init; }

    /// <summary>Degrees east of the grid's columns; metres on a plane.</summary>
    public required IReadOnlyList<double> Longitude { get; init; }

    /// <summary>Whether the grid lies on a plane: rows and columns then hold metres north and east, not degrees.</summary>
    public bool OnPlane { get; init; }

    /// <summary>The mesh whose triangles the fields lie on, or null for a grid: there is one row then, and <see cref="Longitude"/> holds
    /// the triangles' numbers.</summary>
    public FieldMesh? Mesh { get; init; }

    /// <summary>The fields.</summary>
    public required IReadOnlyList<FieldVariable> Variables { get; init; }

    /// <summary>Which of its formats a store has, where its kind has several; 0 for the usual one.</summary>
    public int Version { get; init; }

    /// <summary>How many lead times share a chunk: what is compressed, and read, at once.</summary>
    public int LeadTimesPerChunk { get; init; } = 1;

    /// <summary>How many lead times share a shard: what is written at once, whole; those of a chunk unless a kind of store puts several
    /// chunks into a file. It must divide the flush interval, so that a shard is complete at every session.</summary>
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

    /// <summary>Which run the store belongs to: a digest of all that shapes its numbers, so that equal runs write equal stores. Null for
    /// fields of no run.</summary>
    public string? Run { get; init; }

    /// <summary>Where the fields come from, or null where nothing is to be said; a store that is there keeps what it says.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>Whether a store on disk was begun by an older version, which padded the coordinates of members and lead times.</summary>
    internal bool PadsCoordinates { get; init; }

    /// <summary>Whether an older version began the store, without bounds of its lead times: it stays without.</summary>
    internal bool LacksBounds { get; init; }

    /// <summary>Whether fields are sums since the initial condition, so that what they are of has bounds in time.</summary>
    internal bool HasSums => Variables.Any(v => v.OverTime == TimeMethod.Sum);

    /// <summary>Whether a store has the bounds of its lead times.</summary>
    internal bool HasBounds => HasSums && !LacksBounds;

    /// <summary>Names of the dimensions of one field at one lead time.</summary>
    internal IReadOnlyList<string> GridDimensions =>
        Mesh is null ? FieldDescription.GridAxes(GridNames) : [UgridVariable.Triangle];

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

    /// <summary>The layout of one of the initial times, from 0.</summary>
    public FieldLayout At(int time) => this with { Time = Times[time], LaterTimes = [] };

    /// <summary>Checks what the type system cannot.</summary>
    /// <exception cref="SpecException">Something does not hold; the message names it.</exception>
    public void Validate()
    {
        Require(Members >= 1, $"The ensemble has {Members} members; expected at least 1.");
        Require(LaterTimes.All(t => t.Calendar == Time.Calendar) && Times.Zip(LaterTimes).All(p => p.First < p.Second),
            "The initial times must be of one calendar, each later than the one before.");
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
            Require(VariableName().IsMatch(name) && !FieldDescription.Reserved(GridNames).Contains(name, StringComparer.Ordinal),
                $"'{name}' cannot be the name of an output variable; expected letters, digits and underscores, and no coordinate's name.");
            Require(Variables.Count(v => v.Name == name) == 1, $"The output variable '{name}' is named twice.");
        }

        var most = Precision == FieldPrecision.Single ? KeptBits.OfSingle : KeptBits.OfDouble;
        foreach (var variable in Variables.Where(v => v.KeepBits is not null))
            Require(variable.KeepBits >= 1 && variable.KeepBits <= most,
                $"{variable.KeepBits} bits are to be kept of the mantissa of {variable.Name}; expected 1 to {most}.");
    }

    private void ValidateShards()
    {
        Require(LeadTimesPerShard >= LeadTimesPerChunk && LeadTimesPerShard % LeadTimesPerChunk == 0,
            $"A shard holds {LeadTimesPerShard} lead times and a chunk {LeadTimesPerChunk}; expected whole chunks in a shard.");
        var points = (long)Latitude.Count * Longitude.Count;
        Require(LeadTimesPerShard * points <= Array.MaxLength / sizeof(double),
            $"{(ChunksPerShard == 1 ? "A chunk" : "A shard")} of {LeadTimesPerShard} lead times on {Latitude.Count} x {Longitude.Count} "
            + $"points is too large; put fewer lead times into {(ChunksPerShard == 1 ? "a chunk" : "a shard")}.");
    }

    /// <summary>Checks that a store has a member.</summary>
    /// <param name="member">The member's number over all initial times, from 0.</param>
    /// <param name="store">The store, as a message names it.</param>
    /// <exception cref="SpecException">It has not.</exception>
    public void RequireMember(int member, string store)
    {
        if (member < 0 || member >= Numbers.Count)
            throw new SpecException($"{store} has no member {member}; it has members 0 to {Numbers.Count - 1}"
                + (LaterTimes.Count == 0 ? "." : $", {Members} of each of its {Numbers.Times} initial times."));
    }

    /// <summary>Checks that there is one initial time, for readers of one.</summary>
    /// <param name="store">The store, as a message names it.</param>
    /// <exception cref="SpecException">There are several.</exception>
    public void RequireOneTime(string store) => Require(
        LaterTimes.Count == 0,
        $"{store} holds {Numbers.Times} initial times, from {Time} to {Times[^1]}; expected one of them to be selected.");

    /// <summary>Checks the position of a chunk or a shard that is to be written or read.</summary>
    /// <param name="member">The member, from 0.</param>
    /// <param name="firstOutputIndex">The index of its first lead time.</param>
    /// <param name="unit">The divisor of the index: the lead times of a chunk, or of a shard.</param>
    /// <param name="variable">The variable.</param>
    /// <param name="store">The store, as a message names it.</param>
    /// <exception cref="SpecException">There is no such place.</exception>
    public void RequirePlace(int member, int firstOutputIndex, int unit, string variable, string store)
    {
        RequireMember(member, store);
        if (Variables.All(v => v.Name != variable))
            throw new SpecException(
                $"{store} has no variable '{variable}'; it has {string.Join(", ", Variables.Select(v => v.Name))}.");

        if (firstOutputIndex < 0 || firstOutputIndex >= LeadTimes.Count || firstOutputIndex % unit != 0)
            throw new SpecException($"{store} has no chunk that begins at lead time index {firstOutputIndex}; expected a multiple of "
                + $"{unit} below {LeadTimes.Count}.");
    }

    /// <summary>Checks how many values are written at once.</summary>
    /// <exception cref="SpecException">They are no whole fields, or more than a shard holds.</exception>
    public void RequireValues(string variable, int values)
    {
        if (values <= 0 || values > ShardLength || values % PlaneLength != 0)
            throw new SpecException(
                $"{values} values were given for a chunk of {variable}; expected 1 to {LeadTimesPerShard} fields of {PlaneLength} values.");
    }

    /// <summary>Checks that a new store's coordinates go one way, as readers of axes expect.</summary>
    /// <exception cref="SpecException">They do not.</exception>
    internal void RequireAxes() => Require(
        Mesh is not null || OnPlane || (GoesOneWay(Latitude) && GoesOneWay(Longitude)),
        "The output's latitudes or longitudes are not monotonic; expected each above the one before, or each below.");

    private static bool GoesOneWay(IReadOnlyList<double> axis) =>
        axis.Zip(axis.Skip(1)).All(p => p.First < p.Second) || axis.Zip(axis.Skip(1)).All(p => p.First > p.Second);

    private static void Require(bool condition, string message)
    {
        if (!condition)
            throw new SpecException(message);
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

/// <summary>How chunks are compressed.</summary>
public enum FieldCodec
{
    /// <summary>Deflate.</summary>
    Zlib,

    /// <summary>Zstandard, over shuffled bytes.</summary>
    Zstd,
}
