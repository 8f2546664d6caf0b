using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Cairn.Storage.Fields;

/// <summary>What describes a mesh beside its fields, by the UGRID conventions 1.0 (https://ugrid-conventions.github.io): the same variables
/// in every store and file.</summary>
internal sealed record UgridVariable(string Name, string[] Dimensions, int[] Shape, JsonObject Attributes, Array Values)
{
    internal const string Topology = "mesh";
    internal const string Triangle = "triangle";
    internal const string NodeX = "mesh_node_x", NodeY = "mesh_node_y", NodeZ = "mesh_node_z", FaceNodes = "mesh_face_nodes";
    private const string FaceX = "mesh_face_x", FaceY = "mesh_face_y", Node = "mesh_node", Corner = "mesh_corner";
    private const string TopologyDimension = "mesh_topology";

    /// <summary>Names of all of them.</summary>
    internal static IReadOnlyList<string> Names { get; } = [Topology, Triangle, NodeX, NodeY, NodeZ, FaceNodes, FaceX, FaceY];

    /// <summary>The coordinates of every variable on the triangles.</summary>
    internal const string CoordinatesOfFields = $"{FaceX} {FaceY}";

    /// <summary>The attributes that every variable on the triangles has as well.</summary>
    internal static IEnumerable<(string Key, string Value)> OfFields => [("location", "face"), ("mesh", Topology)];

    /// <summary>The bytes of its values.</summary>
    internal byte[] Bytes => Values is long[] whole
        ? MemoryMarshal.AsBytes(whole.AsSpan()).ToArray()
        : MemoryMarshal.AsBytes(((double[])Values).AsSpan()).ToArray();

    /// <summary>The type of its numbers as NumPy writes it.</summary>
    internal string DType => Values is long[] ? "<i8" : "<f8";

    /// <summary>Those of a mesh.</summary>
    internal static IEnumerable<UgridVariable> Of(FieldMesh mesh, IReadOnlyList<double> numbers)
    {
        // Only its attributes matter.
        yield return new(Topology, [TopologyDimension], [1], TopologyAttributes, new long[1]);
        yield return new(Triangle, [Triangle], [mesh.Count], new JsonObject { ["long_name"] = "number of the triangle" },
            numbers.Select(number => (long)number).ToArray());
        yield return OfNodes(NodeX, mesh.NodeX, "projection_x_coordinate");
        yield return OfNodes(NodeY, mesh.NodeY, "projection_y_coordinate");
        yield return OfNodes(NodeZ, mesh.NodeZ, "surface_altitude");
        yield return new(FaceNodes, [Triangle, Corner], [mesh.Count, 3],
            new JsonObject { ["cf_role"] = "face_node_connectivity", ["long_name"] = "vertices of each triangle", ["start_index"] = 0 },
            mesh.FaceNodes.Select(node => (long)node).ToArray());
        yield return OfFaces(FaceX, mesh, mesh.NodeX, "projection_x_coordinate");
        yield return OfFaces(FaceY, mesh, mesh.NodeY, "projection_y_coordinate");
    }

    private static JsonObject TopologyAttributes => new()
    {
        ["cf_role"] = "mesh_topology",
        ["face_coordinates"] = $"{FaceX} {FaceY}",
        ["face_dimension"] = Triangle,
        ["face_node_connectivity"] = FaceNodes,
        ["long_name"] = "topology of the triangle mesh",
        ["node_coordinates"] = $"{NodeX} {NodeY}",
        ["topology_dimension"] = 2,
    };

    private static UgridVariable OfNodes(string name, IReadOnlyList<double> values, string standardName) => new(name, [Node],
        [values.Count], new JsonObject { ["standard_name"] = standardName, ["units"] = "m" }, values.ToArray());

    private static UgridVariable OfFaces(string name, FieldMesh mesh, IReadOnlyList<double> coordinates, string standardName) => new(
        name, [Triangle], [mesh.Count], new JsonObject { ["standard_name"] = standardName, ["units"] = "m" },
        Enumerable.Range(0, mesh.Count).Select(triangle => mesh.Centre(triangle, coordinates)).ToArray());
}
