using Cairn.Engine.Models.Lorenz96;
using Cairn.Engine.Tests.Mesh;

namespace Cairn.Engine.Tests.Ranks;

/// <summary>Models of random size that can be cut, by a seed, and a run of them on the ranks of any gang.</summary>
internal static class CutModels
{
    public const int Members = 2;

    /// <summary>Kinds that can be cut, in each of their element types, and seeds.</summary>
    public static IEnumerable<(string Kind, ScalarType DType, int Seed)> Cases(IEnumerable<int> seeds) =>
        from kind in DomainCut.Kinds
        from dtype in new[] { ScalarType.Float32, ScalarType.Float64 }
        from seed in seeds
        where kind != "mesh" || dtype == ScalarType.Float64
        select (kind, dtype, seed);

    /// <summary>The model of a seed, large enough for 16 ranks.</summary>
    public static ICuttableModel Make(string kind, ScalarType dtype, int seed)
    {
        var random = new Random(seed);
        return kind switch
        {
            "shallow-water" => new ShallowWaterModel(new ShallowWaterOptions
            {
                Plane = new ShallowWaterPlane { Columns = random.Next(4, 30), Rows = random.Next(16, 40), Dy = 7e4, Coriolis = 1e-4 },
                Scheme = (ShallowWaterScheme)(seed % 2),
                Step = TimeSpan.FromSeconds(60),
                DType = dtype,
            }),
            "lorenz96" => new Lorenz96Model(new Lorenz96Options { Size = random.Next(32, 90), DType = dtype }),
            "persistence" => new PersistenceModel(
                ["a", "b"], new LatLonGrid([.. Degrees(random.Next(16, 40))], [.. Degrees(random.Next(1, 9))]), TimeSpan.FromHours(1),
                dtype, CPU),
            "mesh" => Meshes.Model(Meshes.Random(random, 7, 8)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such model"),
        };
    }

    /// <summary>Initial fields of the whole domain, without any symmetry, as different in members.</summary>
    public static Tensor Begin(IPrognosticModel model, int seed)
    {
        var (random, about) = (new Random(seed), model.Description);
        var points = about.InputGrid.Latitudes.Count * about.InputGrid.Longitudes.Count;
        var values = new double[Members * about.InputVariables.Count * points];
        for (var i = 0; i < values.Length; i++)
            values[i] = about.InputVariables[i / points % about.InputVariables.Count] switch
            {
                "p" => 5e4 * (1 + (0.05 * random.NextDouble())),
                "snowpack:swe" => 1500 * random.NextDouble(),
                "snowpack:liquid_water" => 0,
                "snowpack:cold_content" => 1e6 * random.NextDouble(),
                _ => 10 * (random.NextDouble() - 0.3),
            };
        return Tensors.From(
            values, Members, about.InputVariables.Count, about.InputGrid.Latitudes.Count, about.InputGrid.Longitudes.Count);
    }

    /// <summary>One rank's share of a run, as a rollout does it: the state after so many steps, and of rank 0 the gathered fields of every
    /// step.</summary>
    public static (byte[] State, float[] Fields) Run(ICuttableModel model, ICommunicator ranks, int seed, int steps)
    {
        using var rank = model.Cut(ranks);
        var about = model.Description;
        var gather = new FieldGather(ranks, rank.FieldSlice, Members, about.OutputVariables.Count);
        var size = Members * about.OutputVariables.Count * about.OutputGrid.Latitudes.Count * about.OutputGrid.Longitudes.Count;
        var all = new List<float>();
        using var fields = Begin(model, seed);
        var state = rank.Initialize(fields);
        Gather();
        for (var step = 0; step < steps; step++)
        {
            var next = rank.Step(state, step * about.Step);
            state.Dispose();
            state = next;
            Gather();
        }
        var bytes = new byte[state.numel() * (about.DType == ScalarType.Float64 ? 8 : 4)];
        state.CopyTo(bytes);
        state.Dispose();
        return (bytes, [.. all]);

        void Gather()
        {
            var whole = new float[ranks.Rank == 0 ? size : 0];
            using var own = rank.Fields(state);
            gather.Gather(own, whole);
            all.AddRange(whole);
        }
    }

    private static IEnumerable<double> Degrees(int count) =>
        Enumerable.Range(0, count).Select(i => (double)i);
}
