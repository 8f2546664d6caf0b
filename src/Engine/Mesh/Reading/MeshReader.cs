using Cairn.Engine.Mesh.Geometry;

namespace Cairn.Engine.Mesh.Reading;

/// <summary>Reads CHM's JSON mesh, and the parameters that lie beside it; every size, index and number is checked.</summary>
/// <remarks><c>mesh.vertex</c> has x, y and elevation of each vertex, <c>mesh.elem</c> the vertices of each triangle, <c>mesh.neigh</c> its
/// neighbours with -1 at the edge of the domain; <c>nvertex</c> and <c>nelem</c> count them. <c>mesh.cell_global_id</c> may number the
/// triangles; else they are numbered from 0. A parameter file is an object of lists, one value a triangle.</remarks>
public static class MeshReader
{
    /// <summary>Reads a mesh.</summary>
    /// <param name="path">The mesh.</param>
    /// <param name="parameters">The file of its parameters, or null for none.</param>
    /// <exception cref="DataException">A file cannot be read, or has a defect, which the message names.</exception>
    public static TriangleMesh Read(string path, string? parameters = null)
    {
        var found = parameters is null ? [] : ReadParameters(parameters);
        var file = new MeshFile(path);
        using var document = file.Parse();
        var mesh = MeshFile.Property(document.RootElement, "mesh") is { } inner ? inner : throw file.Defect("has no object 'mesh'", "one");
        if (MeshFile.Property(mesh, "is_geographic") is { } geographic && !(geographic.TryGetInt32(out var degrees) && degrees == 0))
            throw file.Defect($"has is_geographic = {geographic}", "0: coordinates in metres on a plane");
        var vertices = file.Triples<double>(mesh, "vertex", "nvertex", MeshFile.TryNumber);
        var triangles = file.Triples<int>(mesh, "elem", "nelem", MeshFile.TryInteger);
        var neighbours = file.Triples<int>(mesh, "neigh", "nelem", MeshFile.TryInteger);
        var count = triangles.Length / 3;
        int[] ids = MeshFile.Property(mesh, "cell_global_id") is null
            ? [.. Enumerable.Range(0, count)]
            : file.List<int>(mesh, "cell_global_id", count, MeshFile.TryInteger);
        foreach (var (name, values) in found)
        {
            if (values.Length != count)
                throw new DataException($"{parameters} has {values.Length} values of {name}; expected one for each of the {count} "
                    + $"triangles of {path}. Name the parameters that belong to the mesh.");
        }
        return new TriangleMesh(vertices, triangles, neighbours, ids, found, path);
    }

    private static Dictionary<string, double[]> ReadParameters(string path)
    {
        var file = new MeshFile(path);
        using var document = file.Parse();
        var parameters = new Dictionary<string, double[]>();
        foreach (var property in document.RootElement.EnumerateObject())
            parameters.Add(property.Name, file.List<double>(document.RootElement, property.Name, null, MeshFile.TryNumber));
        return parameters;
    }
}
