namespace Cairn.Engine.Mesh.Geometry;

/// <summary>An unstructured mesh of triangles over terrain, in metres on a plane. Immutable, and sound.</summary>
/// <remarks>A triangle's place is its position in the lists here; its number, the global id, is its name in output and in CHM's
/// files.</remarks>
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
            throw new SpecException($"{Source} has no triangle {globalId}; expected one of its {Count} numbers, from {GlobalIds.Min()} to "
                + $"{GlobalIds.Max()}.");
        var corners = Triangles.AsSpan(place * 3, 3).ToArray();
        return new TriangleMesh(
            [.. corners.SelectMany(corner => Vertices[(corner * 3)..((corner * 3) + 3)])], [0, 1, 2], [-1, -1, -1], [globalId],
            Parameters.ToDictionary(p => p.Key, p => new[] { p.Value[place] }), Source);
    }
}

/// <summary>What follows from the corners of each triangle.</summary>
/// <param name="X">Eastward coordinate of the centre in m.</param>
/// <param name="Y">Northward coordinate of the centre in m.</param>
/// <param name="Elevation">Elevation of the centre in m.</param>
/// <param name="Area">Area of its projection on the horizontal plane in m².</param>
/// <param name="Slope">Angle to the horizontal plane in radians, below π/2.</param>
/// <param name="Aspect">Azimuth that it falls towards, in radians clockwise from north; 0 where it is level.</param>
public sealed record TriangleShapes(double[] X, double[] Y, double[] Elevation, double[] Area, double[] Slope, double[] Aspect)
{
    internal static TriangleShapes Of(TriangleMesh mesh)
    {
        double[] New() => new double[mesh.Count];
        var shapes = new TriangleShapes(New(), New(), New(), New(), New(), New());
        for (var i = 0; i < mesh.Count; i++)
            shapes.Fill(i, Corner(mesh, i, 0), Corner(mesh, i, 1), Corner(mesh, i, 2));
        return shapes;
    }

    private void Fill(int i, ReadOnlySpan<double> a, ReadOnlySpan<double> b, ReadOnlySpan<double> c)
    {
        X[i] = (a[0] + b[0] + c[0]) / 3;
        Y[i] = (a[1] + b[1] + c[1]) / 3;
        Elevation[i] = (a[2] + b[2] + c[2]) / 3;
        // Twice the area vector; its horizontal part points down the slope once it looks up.
        var (ux, uy, uz) = (b[0] - a[0], b[1] - a[1], b[2] - a[2]);
        var (vx, vy, vz) = (c[0] - a[0], c[1] - a[1], c[2] - a[2]);
        var (nx, ny, nz) = ((uy * vz) - (uz * vy), (uz * vx) - (ux * vz), (ux * vy) - (uy * vx));
        if (nz < 0)
            (nx, ny, nz) = (-nx, -ny, -nz);
        Area[i] = nz / 2;
        var level = Math.Sqrt((nx * nx) + (ny * ny));
        Slope[i] = Math.Atan2(level, nz);
        var azimuth = level == 0 ? 0 : Math.Atan2(nx, ny);
        Aspect[i] = azimuth < 0 ? azimuth + (2 * Math.PI) : azimuth;
    }

    private static ReadOnlySpan<double> Corner(TriangleMesh mesh, int triangle, int corner) =>
        mesh.Vertices.AsSpan(mesh.Triangles[(triangle * 3) + corner] * 3, 3);
}
