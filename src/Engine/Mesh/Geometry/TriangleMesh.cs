using Cairn.Storage.Fields;

namespace Cairn.Engine.Mesh.Geometry;

/// <summary>An unstructured mesh of triangles over terrain, in metres on a plane. Immutable, and sound.</summary>
/// <remarks>
/// A triangle's place is its position in the lists here; its number, the global id, is its name in output and in CHM's files.
/// </remarks>
public sealed class TriangleMesh
{
    /// <param name="vertices">x, y and elevation in m of each vertex, <c>[vertex, 3]</c>.</param>
    /// <param name="triangles">The vertices of each triangle, <c>[triangle, 3]</c>.</param>
    /// <param name="neighbours">The places of each triangle's neighbours, <c>[triangle, 3]</c>; -1 at the edge of the domain.</param>
    /// <param name="globalIds">The number of each triangle.</param>
    /// <param name="parameters">What is known of each triangle besides, by name.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <exception cref="DataException">The lists do not make up a sound mesh; the message names the defect.</exception>
    public TriangleMesh(
        double[] vertices, int[] triangles, int[] neighbours, int[] globalIds,
        IReadOnlyDictionary<string, double[]> parameters, string source)
    {
        (Vertices, Triangles, Neighbours, GlobalIds) = (vertices, triangles, neighbours, globalIds);
        (Parameters, Source) = (parameters, source);
        MeshCheck.Require(this);
        Shapes = TriangleShapes.Of(this);
    }

    /// <summary>Number of triangles.</summary>
    public int Count => GlobalIds.Length;

    /// <summary>Number of vertices.</summary>
    public int VertexCount => Vertices.Length / 3;

    public double[] Vertices { get; }

    public int[] Triangles { get; }

    public int[] Neighbours { get; }

    public int[] GlobalIds { get; }

    public IReadOnlyDictionary<string, double[]> Parameters { get; }

    public string Source { get; }

    /// <summary>Centres, areas, slopes and aspects.</summary>
    public TriangleShapes Shapes { get; }

    /// <summary>What output needs of it, with its triangles in an order.</summary>
    public FieldMesh ToFieldMesh(IReadOnlyList<int> order)
    {
        double[] Coordinate(int axis) => [.. Enumerable.Range(0, VertexCount).Select(vertex => Vertices[(3 * vertex) + axis])];
        return new FieldMesh(Coordinate(0), Coordinate(1), Coordinate(2), Triangles).Picked(order);
    }

    /// <summary>The mesh of one of its triangles alone, for point mode.</summary>
    /// <exception cref="SpecException">There is no triangle of that number.</exception>
    public TriangleMesh Point(int globalId)
    {
        var place = Array.IndexOf(GlobalIds, globalId);
        if (place < 0)
        {
            throw new SpecException($"{Source} has no triangle {globalId}; expected one of its {Count} numbers, from {GlobalIds.Min()} to "
                + $"{GlobalIds.Max()}.");
        }

        var corners = Triangles.AsSpan(place * 3, 3).ToArray();
        return new TriangleMesh(
            [.. corners.SelectMany(corner => Vertices[(corner * 3)..((corner * 3) + 3)])], [0, 1, 2], [-1, -1, -1], [globalId],
            Parameters.ToDictionary(p => p.Key, p => new[] { p.Value[place] }, StringComparer.Ordinal), Source);
    }
}
