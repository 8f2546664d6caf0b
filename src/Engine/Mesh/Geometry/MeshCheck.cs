namespace Cairn.Engine.Mesh.Geometry;

/// <summary>Looks for everything that would let a step read the wrong triangle, or none.</summary>
internal sealed class MeshCheck
{
    private readonly TriangleMesh _mesh;

    private MeshCheck(TriangleMesh mesh) => _mesh = mesh;

    internal static void Require(TriangleMesh mesh)
    {
        var check = new MeshCheck(mesh);
        check.Sizes();
        check.Parameters();
        check.Numbers();
        for (var i = 0; i < mesh.Count; i++)
            check.Triangle(i);
        for (var i = 0; i < mesh.Count; i++)
            check.Neighbours(i);
    }

    private void Sizes()
    {
        if (_mesh.Count < 1)
            throw Defect("has no triangle", "at least one");
        var (corners, neighbours) = (_mesh.Triangles.Length, _mesh.Neighbours.Length);
        if (_mesh.Vertices.Length % 3 != 0 || corners != 3 * _mesh.Count || neighbours != 3 * _mesh.Count)
            throw Defect(
                $"has {_mesh.Vertices.Length} coordinates, {corners} corners, {neighbours} neighbours and {_mesh.Count} global ids",
                "three coordinates a vertex, and three corners and neighbours a triangle");
    }

    private void Parameters()
    {
        foreach (var (name, values) in _mesh.Parameters)
        {
            if (values.Length != _mesh.Count)
                throw Defect($"has the parameter {name} with {values.Length} values", $"one for each of its {_mesh.Count} triangles");
            if (Array.FindIndex(values, value => !double.IsFinite(value)) is var odd and >= 0)
                throw Defect($"has the parameter {name}, which is {values[odd]} at triangle {odd}", "finite numbers");
        }
    }

    private void Numbers()
    {
        if (Array.FindIndex(_mesh.Vertices, value => !double.IsFinite(value)) is var odd and >= 0)
            throw Defect($"has a coordinate of vertex {odd / 3} that is {_mesh.Vertices[odd]}", "finite numbers");
        var seen = new HashSet<int>(_mesh.Count);
        foreach (var id in _mesh.GlobalIds)
        {
            if (id < 0 || !seen.Add(id))
                throw Defect(id < 0 ? $"has the global id {id}" : $"has the global id {id} twice",
                    "a number of at least 0 for each triangle, its own");
        }
    }

    private void Triangle(int i)
    {
        var corners = _mesh.Triangles.AsSpan(i * 3, 3);
        foreach (var corner in corners)
        {
            if (corner < 0 || corner >= _mesh.VertexCount)
                throw Defect($"has triangle {i} with the vertex {corner}", $"vertices from 0 to {_mesh.VertexCount - 1}");
        }
        var (a, b, c) = (corners[0] * 3, corners[1] * 3, corners[2] * 3);
        var v = _mesh.Vertices;
        if (((v[b] - v[a]) * (v[c + 1] - v[a + 1])) - ((v[b + 1] - v[a + 1]) * (v[c] - v[a])) == 0)
            throw Defect($"has triangle {i} (vertices {corners[0]}, {corners[1]}, {corners[2]}) without an area",
                "three corners that are not in one line");
    }

    private void Neighbours(int i)
    {
        var neighbours = _mesh.Neighbours.AsSpan(i * 3, 3);
        for (var edge = 0; edge < 3; edge++)
        {
            var other = neighbours[edge];
            if (other < -1 || other >= _mesh.Count || other == i)
                throw Defect($"has triangle {i} with the neighbour {other}",
                    $"another triangle, from 0 to {_mesh.Count - 1}, or -1 at the edge of the domain");
            if (other >= 0)
                Pair(i, other, neighbours[(edge + 1)..].Contains(other));
        }
    }

    private void Pair(int i, int other, bool twice)
    {
        if (twice)
            throw Defect($"has triangle {i} with the neighbour {other} twice", "three different ones");
        if (!_mesh.Neighbours.AsSpan(other * 3, 3).Contains(i))
            throw Defect($"has triangle {i} with the neighbour {other}, whose neighbours do not hold {i}",
                "neighbours that name each other");
        var mine = _mesh.Triangles.AsSpan(i * 3, 3);
        var shared = 0;
        foreach (var corner in _mesh.Triangles.AsSpan(other * 3, 3))
            shared += mine.Contains(corner) ? 1 : 0;
        if (shared != 2)
            throw Defect($"has triangle {i} with the neighbour {other}, with which it shares {shared} vertices", "two, an edge");
    }

    private DataException Defect(string found, string expected) =>
        new($"{_mesh.Source} {found}; expected {expected}. Correct the mesh, or create it again.");
}
