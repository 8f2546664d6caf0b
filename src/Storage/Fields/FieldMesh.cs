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
        this with { FaceNodes = [.. triangles.SelectMany(i => new[] { FaceNodes[3 * i], FaceNodes[(3 * i) + 1], FaceNodes[(3 * i) + 2] })] };

    /// <summary>The centre of a triangle along one of the coordinates.</summary>
    public double Centre(int triangle, IReadOnlyList<double> coordinates) =>
        (coordinates[FaceNodes[3 * triangle]] + coordinates[FaceNodes[(3 * triangle) + 1]] + coordinates[FaceNodes[(3 * triangle) + 2]]) / 3;

    /// <summary>Whether its lists go together with fields of so many triangles.</summary>
    internal bool Fits(int triangles) => Count == triangles && FaceNodes.Count % 3 == 0
        && NodeX.Count == NodeY.Count && NodeX.Count == NodeZ.Count && FaceNodes.All(node => node >= 0 && node < NodeX.Count);
}
