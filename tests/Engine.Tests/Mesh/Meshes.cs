using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Reading;

namespace Cairn.Engine.Tests.Mesh;

/// <summary>Meshes, weather and models for tests.</summary>
internal static class Meshes
{
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(30);
    public static readonly DateTime Start = new(2001, 1, 30, 0, 0, 0, DateTimeKind.Utc);

    public static string Data(string name)
    {
        var root = typeof(Meshes).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "CairnRoot").Value!;
        return Path.Combine(root, "data", "chm", name);
    }

    public static TriangleMesh Granger() => MeshReader.Read(Data("granger1m.mesh"), Data("granger1m.param"));
    public static ForcingSeries TrailValley() => ForcingReader.Read(Data("tvc_9697_met.txt"), ForcingFormat.TrailValley);

    /// <summary>Cells of about 40 m, each cut in two along either diagonal, on ground as rough as steep mountains; triangles, corners,
    /// edges and numbers are in no order.</summary>
    public static TriangleMesh Random(Random random, int columns, int rows)
    {
        var vertices = new double[(columns + 1) * (rows + 1) * 3];
        for (var i = 0; i < vertices.Length / 3; i++)
        {
            vertices[3 * i] = 40 * ((i % (columns + 1)) + (0.3 * random.NextDouble()));
            vertices[(3 * i) + 1] = 40 * ((i / (columns + 1)) + (0.3 * random.NextDouble()));
            vertices[(3 * i) + 2] = 200 * random.NextDouble();
        }
        var triangles = new List<int[]>();
        for (var cell = 0; cell < columns * rows; cell++)
        {
            var a = (cell / columns * (columns + 1)) + (cell % columns);
            var (b, c, d) = (a + 1, a + columns + 2, a + columns + 1);
            triangles.AddRange(random.Next(2) == 0 ? [[a, b, c], [a, c, d]] : [[a, b, d], [b, c, d]]);
        }
        var shuffled = triangles.ToArray();
        random.Shuffle(shuffled);
        foreach (var triangle in shuffled)
            random.Shuffle(triangle);
        var ids = Enumerable.Range(0, shuffled.Length).Select(i => (3 * i) + 1).ToArray();
        random.Shuffle(ids);
        return new TriangleMesh(
            vertices, [.. shuffled.SelectMany(t => t)], Neighbours(shuffled, random), ids, new Dictionary<string, double[]>(),
            "a random mesh");
    }

    /// <summary>A mesh of given vertices and triangles, numbered from 0.</summary>
    public static TriangleMesh Of(double[] vertices, params int[][] triangles) => new(
        vertices, [.. triangles.SelectMany(t => t)], Neighbours(triangles, null), [.. Enumerable.Range(0, triangles.Length)],
        new Dictionary<string, double[]>(), "a small mesh");

    /// <summary>Weather around the freezing point with strong wind, which has a bit of everything.</summary>
    public static ForcingSeries Weather(int rows = 200)
    {
        double[] values = [.. Enumerable.Range(0, rows).SelectMany(i => new[]
        {
            6 * Math.Sin(i * 0.4), 60 + (30 * Math.Sin(i * 0.7)), 9 + (6 * Math.Cos(i * 0.9)), 37 * i % 360, i % 3 == 0 ? 2.5 : 0,
        })];
        return new ForcingSeries("some weather", Start, Step, ["t", "rh", "u", "vw_dir", "p"], values);
    }

    /// <summary>Weather that stays as it is.</summary>
    public static ForcingSeries Steady(double t, double rh = 50, double u = 0, double direction = 0, double p = 0, DateTime? start = null)
    {
        double[] row = [t, rh, u, direction, p];
        return new ForcingSeries(
            "steady weather", start ?? Start, Step, ["t", "rh", "u", "vw_dir", "p"], [.. Enumerable.Repeat(row, 2000).SelectMany(v => v)]);
    }

    public static MeshModel Model(TriangleMesh mesh, ForcingSeries? weather = null) => new(new MeshOptions
    {
        Mesh = mesh,
        Forcing = weather ?? Weather(),
        Modules = () => ProcessCatalog.Make(ProcessCatalog.Names, new ProcessSettings(100)),
        InitialTime = (weather ?? Weather()).Start,
        Step = Step,
    });

    /// <summary>Modules on a whole mesh, without a model around them.</summary>
    public static ModuleChain Chain(TriangleMesh mesh, ForcingSeries weather, params IModule[] modules) =>
        new(modules, new MeshPart(mesh, MeshOrder.Of(mesh), 0, 1), weather, Step, new SoloCommunicator());

    private static int[] Neighbours(int[][] triangles, Random? random)
    {
        var edges = new Dictionary<(int, int), List<int>>();
        for (var i = 0; i < triangles.Length; i++)
        {
            foreach (var (a, b) in new[] { (0, 1), (1, 2), (2, 0) })
            {
                var key = (Math.Min(triangles[i][a], triangles[i][b]), Math.Max(triangles[i][a], triangles[i][b]));
                edges.TryAdd(key, []);
                edges[key].Add(i);
            }
        }
        return [.. triangles.SelectMany((triangle, i) =>
        {
            var own = new List<int>();
            foreach (var (a, b) in new[] { (0, 1), (1, 2), (2, 0) })
            {
                var shared = edges[(Math.Min(triangle[a], triangle[b]), Math.Max(triangle[a], triangle[b]))];
                own.Add(shared.Count == 2 ? shared[0] + shared[1] - i : -1);
            }
            var order = own.ToArray();
            random?.Shuffle(order);
            return order;
        })];
    }
}
