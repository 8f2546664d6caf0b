using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>A Zarr store that is only read. Without a record of what is committed, every lead time counts as committed.</summary>
public sealed class ZarrFields : StoredFields
{
    private const int MostMembers = 100_000;
    private const int MostLeadTimes = 1_000_000;
    private const int MostTimes = 1_000_000;
    private const int MostPoints = 1 << 28;
    private static readonly string[] FieldDimensions = [FieldDescription.Ensemble, FieldDescription.Time, FieldDescription.LeadTime];

    private readonly ZarrStore _store;
    private readonly CommittedLeadTimes? _committed;
    private readonly Dictionary<string, ZarrArray> _arrays;
    private readonly GridNames _names;

    private readonly int _time;

    private ZarrFields(IDurableFiles files, string path, ZarrStore store)
    {
        (_store, Path) = (store, path);
        Mesh = store.ArrayNames.Contains(UgridVariable.Triangle) ? ReadMesh() : null;
        _names = ZarrMetadata.NamesIn(store.Documents);
        Rows = Mesh is null ? Axis(GridDimensions[0]) : new StoredAxis([0], "");
        Columns = Axis(GridDimensions[^1]);
        Require((long)Rows.Values.Count * Columns.Values.Count <= MostPoints, $"a grid of at most {MostPoints} points");
        LeadTimes = ReadLeadTimes();
        Times = ReadTimes();
        Members = (int)Extent(FieldDescription.Ensemble, MostMembers);
        _committed = store.ArrayNames.Contains(FieldDescription.Committed)
            ? new CommittedLeadTimes(files, path, store.Format, Numbers)
            : null;
        _arrays = store.ArrayNames.Where(IsField).Order(StringComparer.Ordinal).ToDictionary(n => n, Field);
        Variables = [.. _arrays.Values.Select(Describe)];
    }

    /// <summary>The same store, at another of its initial times.</summary>
    private ZarrFields(ZarrFields all, int time)
    {
        (_store, _committed, _arrays, _names, _time) = (all._store, all._committed, all._arrays, all._names, time);
        (Path, Times, LeadTimes, Members) = (all.Path, all.Times, all.LeadTimes, all.Members);
        (Mesh, Rows, Columns, Variables) = (all.Mesh, all.Rows, all.Columns, all.Variables);
    }

    public override string Path { get; }
    public override int Members { get; }

    public override CfTime Time => Times[_time];

    public override IReadOnlyList<CfTime> Times { get; }
    public override IReadOnlyList<TimeSpan> LeadTimes { get; }
    public override StoredAxis Rows { get; }
    public override StoredAxis Columns { get; }
    public override FieldMesh? Mesh { get; }
    public override IReadOnlyList<StoredVariable> Variables { get; }

    /// <summary>Reads the metadata and coordinates of a store.</summary>
    /// <exception cref="DataException">It is damaged, or not laid out as Cairn lays a store out; the message says how.</exception>
    public static ZarrFields Open(IDurableFiles files, string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        return new ZarrFields(files, full, ZarrStore.Open(files, full));
    }

    public override StoredFields At(int time) =>
        time >= 0 && time < Times.Count ? new ZarrFields(this, time) : base.At(time);

    public override TimeSpan? Committed(int member) =>
        _committed is null ? LeadTimes[^1] : _committed.Get(Numbers.Of(_time, member));

    public override double[] Read(string variable, int member, int firstLeadTime, int count)
    {
        var array = _arrays[variable];
        var bytes = array.Read([member, _time, firstLeadTime, .. GridShape.Select(_ => 0L)], [1, 1, count, .. GridShape]);
        if (bytes is null)
        {
            var nothing = new double[count * PlaneLength];
            Array.Fill(nothing, double.NaN);
            return nothing;
        }

        return array.DType.ItemSize == sizeof(float)
            ? Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), value => (double)value)
            : MemoryMarshal.Cast<byte, double>(bytes).ToArray();
    }

    private MemberNumbers Numbers => new(Members, Times.Count);
    private IReadOnlyList<string> GridDimensions => Mesh is null ? FieldDescription.GridAxes(_names) : [UgridVariable.Triangle];
    private long[] GridShape => Mesh is null ? [Rows.Values.Count, Columns.Values.Count] : [Columns.Values.Count];

    private bool IsField(string name) =>
        Dimensions(name).SequenceEqual([.. FieldDimensions, .. GridDimensions], StringComparer.Ordinal)
        && !FieldDescription.Reserved(_names).Contains(name);

    private IEnumerable<string> Dimensions(string name) =>
        Attributes(name)?[ZarrMetadata.Dimensions] is JsonArray dimensions
            ? dimensions.Select(d => d is JsonValue value && value.TryGetValue<string>(out var text) ? text : "")
            : [];

    private ZarrArray Field(string name)
    {
        var array = _store.Array(name);
        long[] expected = [Members, Times.Count, LeadTimes.Count, .. GridShape];
        Require(array.Shape.SequenceEqual(expected) && array.DType.Kind == 'f',
            $"real numbers [{string.Join(", ", expected)}] in {name}, by the coordinates; found [{string.Join(", ", array.Shape)}]");
        return array;
    }

    private StoredVariable Describe(ZarrArray array)
    {
        var field = new FieldVariable(
            array.Name, Text(array.Name, "units"), Text(array.Name, "long_name"), Text(array.Name, "standard_name"))
        {
            OverTime = TimeMethods.Of(Text(array.Name, "cell_methods")),
        };
        return new StoredVariable(field, (int)Math.Min(array.Chunks[2], LeadTimes.Count));
    }

    private FieldMesh ReadMesh()
    {
        var array = _store.Array(UgridVariable.FaceNodes);
        Require(array.Shape is [>= 1 and <= MostPoints, 3] && array.DType.ItemSize == sizeof(long) && array.DType.Kind == 'i',
            $"three vertices of 8 bytes a triangle in {UgridVariable.FaceNodes}; found [{string.Join(", ", array.Shape)}]");
        var bytes = array.Read([0, 0], array.Shape) ?? throw Unlike($"values of {UgridVariable.FaceNodes}; they are missing");
        var mesh = new FieldMesh(
            Values(UgridVariable.NodeX, MostPoints), Values(UgridVariable.NodeY, MostPoints), Values(UgridVariable.NodeZ, MostPoints),
            Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), node => (int)Math.Clamp(node, -1, int.MaxValue)));
        Require(mesh.Fits((int)Extent(UgridVariable.Triangle, MostPoints)), "a mesh whose triangles have existing vertices");
        return mesh;
    }

    private StoredAxis Axis(string name) => new(Values(name, MostPoints), Text(name, "units") ?? "");

    private TimeSpan[] ReadLeadTimes()
    {
        var unit = Text(FieldDescription.LeadTime, "units") switch
        {
            "hours" => TimeSpan.FromHours(1),
            "minutes" => TimeSpan.FromMinutes(1),
            "seconds" => TimeSpan.FromSeconds(1),
            var other => throw Unlike($"lead times in hours, minutes or seconds; found '{other}'"),
        };
        var times = Values(FieldDescription.LeadTime, MostLeadTimes);
        Require(times.All(t => t >= 0 && t * unit.TotalDays < 1e6) && times.Zip(times.Skip(1)).All(p => p.First < p.Second),
            "lead times that grow from 0 or later");
        return [.. times.Select(t => t * unit)];
    }

    private List<CfTime> ReadTimes()
    {
        var units = CfTimeUnits.Parse(Text(FieldDescription.Time, "units") ?? "", Text(FieldDescription.Time, "calendar"));
        return [.. Values(FieldDescription.Time, MostTimes).Select(units.Decode)];
    }

    private double[] Values(string name, int most)
    {
        var length = Extent(name, most);
        var array = _store.Array(name);
        var bytes = array.Read([0], [length]) ?? throw Unlike($"values of {name}; they are missing");
        return array.DType.Kind == 'f'
            ? MemoryMarshal.Cast<byte, double>(bytes).ToArray()
            : Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), value => (double)value);
    }

    private long Extent(string name, int most)
    {
        Require(_store.ArrayNames.Contains(name), $"an array {name}; there is none");
        var array = _store.Array(name);
        Require(array.Shape is [>= 1] && array.Shape[0] <= most && array.Chunks[0] <= MostPoints && array.DType.ItemSize == sizeof(long),
            $"1 to {most} numbers of 8 bytes in {name}; found [{string.Join(", ", array.Shape)}] {array.DType.Name}");
        return array.Shape[0];
    }

    private JsonObject? Attributes(string name) => _store.Documents[name + ZarrMetadata.AttributesOf] as JsonObject;

    private string? Text(string name, string key) =>
        Attributes(name)?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private void Require(bool condition, string expected)
    {
        if (!condition)
            throw Unlike(expected);
    }

    private DataException Unlike(string expected) =>
        new($"{Path} does not have the layout of a Cairn field store: expected {expected}. Open it with xarray instead.");
}
