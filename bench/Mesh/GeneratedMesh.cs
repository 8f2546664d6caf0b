using Cairn.Engine.Mesh.Geometry;

namespace Cairn.Bench.Mesh;

/// <summary>A sheet of cells of 30 m, each cut in two, on rolling ground: what <c>bench/native/mesh_step.c</c> makes for itself.</summary>
internal static class GeneratedMesh
{
    public static TriangleMesh Of(int columns, int rows)
    {
        var (width, count) = (columns + 1, columns * rows * 2);
        var vertices = new double[width * (rows + 1) * 3];
        for (var i = 0; i < vertices.Length / 3; i++)
        {
            var (x, y) = (30.0 * (i % width), 30.0 * (i / width));
            (vertices[3 * i], vertices[(3 * i) + 1]) = (x, y);
            vertices[(3 * i) + 2] = 1000 + (200 * Math.Sin(x / 700) * Math.Cos(y / 900));
        }

        var (triangles, neighbours) = (new int[count * 3], new int[count * 3]);
        for (var cell = 0; cell < count / 2; cell++)
        {
            var (column, row) = (cell % columns, cell / columns);
            var a = (row * width) + column;
            var (b, c, d) = (a + 1, a + width + 1, a + width);
            int[] corners = [a, b, c, a, c, d];
            int[] beside =
            [
                row > 0 ? (2 * (cell - columns)) + 1 : -1, column + 1 < columns ? (2 * (cell + 1)) + 1 : -1, (2 * cell) + 1,
                2 * cell, row + 1 < rows ? 2 * (cell + columns) : -1, column > 0 ? 2 * (cell - 1) : -1,
            ];
            corners.CopyTo(triangles, 6 * cell);
            beside.CopyTo(neighbours, 6 * cell);
        }

        return new TriangleMesh(
            vertices, triangles, neighbours, [.. Enumerable.Range(0, count)], new Dictionary<string, double[]>(), "a generated mesh");
    }
}
