namespace Cairn.Engine.Pictures;

/// <summary>The triangles of a mesh, as the page draws them.</summary>
internal static class MeshOutline
{
    /// <summary>More triangles than a screen has room for, whose outline alone would fill the file.</summary>
    private const int MostTriangles = 60_000;

    /// <summary>Vertices in tenths of a metre from the south-western corner and from height zero, and the vertices of each triangle; null
    /// of a grid.</summary>
    public static JsonObject? Of(StoredFields fields)
    {
        if (fields.Mesh is not { } mesh)
            return null;
        if (mesh.Count > MostTriangles)
            throw new DataException($"{fields.Path} has {mesh.Count} triangles, too many for a picture; expected at most {MostTriangles}. "
                + "Look at it with xarray, or draw the NetCDF file with a tool for meshes.");
        if (!mesh.NodeX.Concat(mesh.NodeY).All(double.IsFinite))
            throw new DataException($"{fields.Path} cannot be drawn: a vertex of its mesh has a coordinate that is not a number.");
        var (west, south) = (mesh.NodeX.Min(), mesh.NodeY.Min());
        return new JsonObject
        {
            ["west"] = west,
            ["south"] = south,
            ["x"] = Tenths(mesh.NodeX, west),
            ["y"] = Tenths(mesh.NodeY, south),
            ["z"] = mesh.NodeZ.All(double.IsFinite) ? Tenths(mesh.NodeZ, 0) : null,
            ["nodes"] = new JsonArray([.. mesh.FaceNodes.Select(node => JsonValue.Create(node))]),
        };
    }

    /// <summary>What a mesh covers, in words.</summary>
    public static string Extent(FieldMesh mesh) => FormattableString.Invariant(
        $"{(mesh.NodeX.Max() - mesh.NodeX.Min()) / 1000:0.##} km x {(mesh.NodeY.Max() - mesh.NodeY.Min()) / 1000:0.##} km, ")
        + FormattableString.Invariant($"{mesh.NodeZ.Min():0} to {mesh.NodeZ.Max():0} m high");

    private static JsonArray Tenths(IReadOnlyList<double> values, double origin) =>
        new([.. values.Select(value => JsonValue.Create(Math.Round((value - origin) * 10)))]);
}
