namespace Cairn.Storage.Fields;

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
