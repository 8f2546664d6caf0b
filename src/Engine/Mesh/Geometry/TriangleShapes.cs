namespace Cairn.Engine.Mesh.Geometry;

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
        {
            shapes.Fill(i, Corner(mesh, i, 0), Corner(mesh, i, 1), Corner(mesh, i, 2));
        }

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
        {
            (nx, ny, nz) = (-nx, -ny, -nz);
        }

        Area[i] = nz / 2;
        var level = Math.Sqrt((nx * nx) + (ny * ny));
        Slope[i] = Math.Atan2(level, nz);
        var azimuth = level == 0 ? 0 : Math.Atan2(nx, ny);
        Aspect[i] = azimuth < 0 ? azimuth + (2 * Math.PI) : azimuth;
    }

    private static ReadOnlySpan<double> Corner(TriangleMesh mesh, int triangle, int corner) =>
        mesh.Vertices.AsSpan(mesh.Triangles[(triangle * 3) + corner] * 3, 3);
}
