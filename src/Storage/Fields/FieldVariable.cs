namespace Cairn.Storage.Fields;

/// <summary>A field of the output.</summary>
/// <param name="Name">Its name in the store: letters, digits and underscores.</param>
/// <param name="Units">Its units (UDUNITS, <c>m s-1</c>), where known.</param>
/// <param name="LongName">What it is, in words, where known.</param>
/// <param name="StandardName">Its name in the CF standard name table, where it has one.</param>
public sealed record FieldVariable(string Name, string? Units = null, string? LongName = null, string? StandardName = null)
{
    /// <summary>What its values have to do with the time since the initial condition, where known.</summary>
    public TimeMethod? OverTime { get; init; }

    /// <summary>How many bits of each value's mantissa are kept, from 1; null for all of them.</summary>
    public int? KeepBits { get; init; }
}

/// <summary>How values relate to time, as CF says it in <c>cell_methods</c>.</summary>
public enum TimeMethod
{
    /// <summary>They hold at one time.</summary>
    Point,

    /// <summary>They are sums since the initial condition.</summary>
    Sum,
}

/// <summary>What CF calls them.</summary>
internal static class TimeMethods
{
    internal static string? Name(TimeMethod? method) => method switch
    {
        TimeMethod.Point => "point",
        TimeMethod.Sum => "sum",
        _ => null,
    };

    /// <summary>The one in an attribute <c>cell_methods</c> of the store.</summary>
    internal static TimeMethod? Of(string? cellMethods) => cellMethods switch
    {
        $"{FieldDescription.LeadTime}: point" => TimeMethod.Point,
        $"{FieldDescription.LeadTime}: sum" => TimeMethod.Sum,
        _ => null,
    };
}

/// <summary>How field values are stored.</summary>
public enum FieldPrecision
{
    /// <summary>Four bytes, <c>&lt;f4</c>.</summary>
    Single,

    /// <summary>Eight bytes, <c>&lt;f8</c>.</summary>
    Double,
}

/// <summary>The mesh that fields lie on: vertices in metres on a plane, and the triangles whose values the fields hold.</summary>
/// <param name="NodeX">Eastward coordinate of each vertex.</param>
/// <param name="NodeY">Northward coordinate of each vertex.</param>
/// <param name="NodeZ">Elevation of each vertex.</param>
/// <param name="FaceNodes">The vertices of each triangle, <c>[triangle, 3]</c>, in the order of the fields.</param>
public sealed record FieldMesh(
    IReadOnlyList<double> NodeX, IReadOnlyList<double> NodeY, IReadOnlyList<double> NodeZ, IReadOnlyList<int> FaceNodes)
{
    /// <summary>Number of triangles.</summary>
    public int Count => FaceNodes.Count / 3;

    /// <summary>The same with some of its triangles, in another order; the vertices stay.</summary>
    public FieldMesh Picked(IReadOnlyList<int> triangles) =>
        this with { FaceNodes = [.. triangles.SelectMany(Corners)] };

    /// <summary>The centre of a triangle along one of the coordinates.</summary>
    public double Centre(int triangle, IReadOnlyList<double> coordinates) =>
        Corners(triangle).Sum(node => coordinates[node]) / 3;

    /// <summary>Whether its lists go together with fields of so many triangles.</summary>
    internal bool Fits(int triangles) => Count == triangles && FaceNodes.Count % 3 == 0
        && NodeX.Count == NodeY.Count && NodeX.Count == NodeZ.Count && FaceNodes.All(node => node >= 0 && node < NodeX.Count);

    private int[] Corners(int triangle) => [FaceNodes[3 * triangle], FaceNodes[(3 * triangle) + 1], FaceNodes[(3 * triangle) + 2]];
}
