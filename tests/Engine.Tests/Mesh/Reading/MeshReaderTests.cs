using Cairn.Engine.Mesh.Reading;

namespace Cairn.Engine.Tests.Mesh.Reading;

/// <summary>CHM's meshes are read, and every defect of one is an error that names the file and the defect.</summary>
public sealed class MeshReaderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cairn-mesh").FullName;

    [Fact]
    public void The_mesh_of_Granger_basin_is_read_as_it_is()
    {
        var mesh = Meshes.Granger();

        Assert.Equal((985, 533), (mesh.Count, mesh.VertexCount));
        Assert.Equal([212, 211, 210], mesh.Triangles[..3]);
        Assert.Equal([335, 699, 317], mesh.Neighbours[..3]);
        Assert.Equal(79, mesh.Neighbours.Count(n => n < 0));
        Assert.Equal(["area", "MS0"], mesh.Parameters.Keys);
        Assert.All(mesh.Parameters["area"].Zip(mesh.Shapes.Area), pair => Assert.Equal(pair.First, pair.Second, pair.First * 1e-9));
        Assert.Equal(35.31367, double.RadiansToDegrees(mesh.Shapes.Slope.Max()), 1e-4);
    }

    [Fact]
    public void A_slope_and_its_aspect_are_those_of_the_plane_through_the_corners()
    {
        // Rises by 1 m a metre to the north, so it falls towards the south.
        var mesh = Meshes.Of([0, 0, 10, 2, 0, 10, 0, 2, 12], [0, 1, 2]);

        Assert.Equal(Math.PI / 4, mesh.Shapes.Slope[0], 1e-15);
        Assert.Equal(Math.PI, mesh.Shapes.Aspect[0], 1e-15);
        Assert.Equal(2, mesh.Shapes.Area[0], 1e-15);
        Assert.Equal(32.0 / 3, mesh.Shapes.Elevation[0], 1e-14);
    }

    [Fact]
    public void Triangles_may_have_numbers_of_their_own()
    {
        var mesh = Read(json => json["cell_global_id"] = new JsonArray(7, 5));

        Assert.Equal([7, 5], mesh.GlobalIds);
        Assert.Equal(mesh.Shapes.X[1], mesh.Point(5).Shapes.X[0]);
        Assert.Contains("no triangle 6", Assert.Throws<SpecException>(() => mesh.Point(6)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Defects => new()
    {
        { "nvertex", "5", "has 4 entries in 'vertex' and nvertex = 5" },
        { "nelem", "3", "has 2 entries in 'elem' and nelem = 3" },
        { "nelem", "null", "nelem = " },
        { "is_geographic", "1", "is_geographic = 1" },
        { "vertex", "[[0,0,1],[1,0,1],[1,1,\"x\"],[0,1,1]]", "has x in 'vertex'[2]" },
        { "vertex", "[[0,0,1],[1,0,1],[1,1],[0,1,1]]", "'vertex'[2]" },
        { "vertex", "7", "no list 'vertex'" },
        { "elem", "[[0,1,2],[0,2,4]]", "triangle 1 with the vertex 4" },
        { "elem", "[[0,1,2],[0,2,-1]]", "triangle 1 with the vertex -1" },
        { "elem", "[[0,1,2],[0,2,1.5]]", "1.5 in 'elem'[1]" },
        { "elem", "[[0,1,1],[0,2,3]]", "without an area" },
        { "neigh", "[[1,-1,-1],[-1,-1,-1]]", "triangle 0 with the neighbour 1, whose neighbours do not hold 0" },
        { "neigh", "[[2,-1,-1],[0,-1,-1]]", "triangle 0 with the neighbour 2" },
        { "neigh", "[[0,-1,-1],[-1,-1,-1]]", "triangle 0 with the neighbour 0" },
        { "neigh", "[[1,1,-1],[0,-1,-1]]", "the neighbour 1 twice" },
        { "cell_global_id", "[4,4]", "global id 4 twice" },
        { "cell_global_id", "[4]", "1 entries in 'cell_global_id'" },
        { "cell_global_id", "[4,-1]", "global id -1" },
    };

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_defect_is_named_with_its_file(string key, string value, string expected)
    {
        var error = Assert.Throws<DataException>(() => Read(json => json[key] = JsonNode.Parse(value)));

        Assert.Contains(Path.Combine(_directory, "a.mesh"), error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Neighbours_have_to_share_an_edge()
    {
        var error = Assert.Throws<DataException>(() => Read(json =>
        {
            json["vertex"]!.AsArray().Add(new JsonArray(2, 2, 1));
            (json["nvertex"], json["elem"]) = (5, JsonNode.Parse("[[0,1,2],[2,4,3]]"));
        }));

        Assert.Contains("shares 1 vertices", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"MS0\": [1, 2, 3] }", "has 3 values of MS0")]
    [InlineData("{ \"MS0\": [1, true] }", "True in 'MS0'[1]")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{", "is not JSON")]
    public void Parameters_that_do_not_fit_are_refused(string text, string expected)
    {
        var path = Write("a.param", text);

        var error = Assert.Throws<DataException>(() => MeshReader.Read(Write("a.mesh", Square().ToJsonString()), path));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_mesh_is_named()
    {
        var error = Assert.Throws<DataException>(() => MeshReader.Read(Path.Combine(_directory, "none.mesh")));

        Assert.Contains("none.mesh cannot be read", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>A square of two triangles.</summary>
    private static JsonNode Square() => JsonNode.Parse("""
        { "mesh": { "vertex": [[0,0,1],[1,0,1],[1,1,1],[0,1,1]], "nvertex": 4, "elem": [[0,1,2],[0,2,3]], "nelem": 2,
          "neigh": [[1,-1,-1],[-1,0,-1]], "is_geographic": 0 } }
        """)!;

    private Engine.Mesh.Geometry.TriangleMesh Read(Action<JsonNode> change)
    {
        var json = Square();
        change(json["mesh"]!);
        return MeshReader.Read(Write("a.mesh", json.ToJsonString()));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
