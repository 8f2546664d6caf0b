using Cairn.Engine.Tests.Ranks;

namespace Cairn.Engine.Tests.Mesh;

/// <summary>The model over a mesh: its state, its time, its balance over a winter, and that no cut shows.</summary>
public sealed class MeshModelTests
{
    [Fact]
    public void A_state_is_named_by_module_and_variable_and_begins_bare()
    {
        using var model = Meshes.Model(Meshes.Granger());

        Assert.Equal(
            ["snowpack:swe", "snowpack:liquid_water", "snowpack:cold_content", "snowpack:runoff", "snowpack:precipitation"],
            model.Description.InputVariables);
        Assert.Equal(["swe", "liquid_water", "cold_content", "runoff", "precipitation"], model.Description.OutputVariables);
        Assert.Equal(5 * 985, model.InitialFields.Length);
        Assert.All(model.InitialFields, value => Assert.Equal(0, value));
        Assert.Equal(Enumerable.Range(0, 985).Select(i => (double)i), model.Description.OutputGrid.Longitudes.Order());
    }

    [Fact]
    public void A_step_has_to_be_told_its_lead_time_and_leaves_its_argument_alone()
    {
        using var model = Meshes.Model(Meshes.Granger());
        using var state = Begin(model, 1);
        var before = state.ToArray<double>();

        Assert.Contains("lead time", Assert.Throws<StepException>(() => model.Step(state)).Message, StringComparison.Ordinal);
        using var next = model.Step(state, Meshes.Step);
        using var again = model.Step(state, Meshes.Step);
        using var other = model.Step(state, TimeSpan.Zero);

        Assert.Equal(before, state.ToArray<double>());
        Assert.True(next.HasBitsOf(again));
        Assert.False(next.HasBitsOf(other));
    }

    [Fact]
    public void Members_do_not_meet()
    {
        using var model = Meshes.Model(Meshes.Random(new Random(5), 6, 6));
        using var fields = CutModels.Begin(model, 3);
        using var batch = model.Initialize(fields);
        using var together = model.Step(batch, Meshes.Step);
        for (var member = 0; member < CutModels.Members; member++)
        {
            using var alone = batch.narrow(0, member, 1);
            using var apart = model.Step(alone, Meshes.Step);
            using var part = together.narrow(0, member, 1);
            Assert.True(apart.HasBitsOf(part));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void No_cut_shows_in_any_bit(int seed)
    {
        var random = new Random(seed);
        using var model = Meshes.Model(Meshes.Random(random, random.Next(3, 14), random.Next(3, 14)));
        var whole = Gang.Run(1, ranks => CutModels.Run(model, ranks, seed, 40))[0];
        foreach (var size in new[] { 2, 3, 4, 7, 11 })
        {
            var parts = Gang.Run(size, ranks => CutModels.Run(model, ranks, seed, 40));
            Assert.True(parts[0].Fields.AsSpan().SequenceEqual(whole.Fields), $"seed {seed}, {size} ranks: fields");
        }
    }

    /// <summary>What fell is what lies there and what ran off, over all triangles, whatever slid and drifted between them.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public void Mass_is_balanced_over_a_whole_winter()
    {
        var (mesh, winter) = (Meshes.Granger(), Meshes.TrailValley());
        using var model = Meshes.Model(mesh, winter);
        var state = Begin(model, 1);
        var most = 0.0;
        for (var row = 0; row < winter.Rows; row++)
        {
            using var old = state;
            state = model.Step(old, row * winter.Interval);
            most = Math.Max(most, row % 48 == 0 ? Imbalance(model, state) : 0);
        }
        using (state)
        {
            most = Math.Max(most, Imbalance(model, state));
            var swe = Rows(model, state)[0];
            Assert.True(most < 1e-12, $"relative imbalance {most}");
            Assert.Equal(178.9686, Rows(model, state)[4][0], 1e-6);
            Assert.All(swe, value => Assert.InRange(value, 0, 5000));
            Assert.True(swe.Max() > swe.Min() + 50, $"swe from {swe.Min()} to {swe.Max()}");
        }
    }

    [Fact]
    public void One_triangle_steps_as_it_does_on_the_mesh_where_nothing_moves()
    {
        var (mesh, weather) = (Meshes.Granger(), Meshes.Weather());
        string[] modules = ["air-temperature", "relative-humidity", "precipitation-phase", "snowpack"];
        MeshModel Model(TriangleMesh on) => new(new MeshOptions
        {
            Mesh = on,
            Forcing = weather,
            Modules = () => ProcessCatalog.Make(modules, new ProcessSettings(1400)),
            InitialTime = weather.Start,
            Step = Meshes.Step,
        });
        using var whole = Model(mesh);
        using var point = Model(mesh.Point(500));
        var (all, one) = (Begin(whole, 1), Begin(point, 1));
        for (var step = 0; step < 60; step++)
        {
            using var oldAll = all;
            using var oldOne = one;
            (all, one) = (whole.Step(oldAll, step * Meshes.Step), point.Step(oldOne, step * Meshes.Step));
        }
        using (all)
        using (one)
        {
            var column = whole.Description.OutputGrid.Longitudes.ToList().IndexOf(500);
            Assert.Equal(Rows(whole, all).Select(row => row[column]), one.ToArray<double>());
            Assert.True(one.ToArray<double>()[4] > 0);
        }
    }

    [Fact]
    public void Weather_that_ends_too_early_is_refused_beforehand()
    {
        using var model = Meshes.Model(Meshes.Granger(), Meshes.TrailValley());

        model.RequireSteps(210 * TimeSpan.FromDays(1));
        var error = Assert.Throws<DataException>(() => model.RequireSteps((210 * TimeSpan.FromDays(1)) + Meshes.Step));

        Assert.Contains("tvc_9697_met.txt has no forcing for the step at 1997-04-09T00:30:00", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_that_do_not_fit_the_weather_or_the_step_are_refused()
    {
        SpecException Refused(Func<IReadOnlyList<IModule>> modules, TimeSpan step, string[] columns) => Assert.Throws<SpecException>(() =>
            new MeshModel(new MeshOptions
            {
                Mesh = Meshes.Granger(),
                Forcing = new("short weather", Meshes.Start, Meshes.Step, columns, new double[columns.Length * 4]),
                Modules = modules,
                InitialTime = Meshes.Start,
                Step = step,
            }));

        Assert.Contains("terrain-wind needs u, which short weather does not give", Refused(
            () => ProcessCatalog.Make(ProcessCatalog.Names, new ProcessSettings(0)), Meshes.Step, ["t", "rh", "p"]).Message,
            StringComparison.Ordinal);
        Assert.Contains("model.step is 01:00:00", Refused(
            () => [new AirTemperature(0, null)], TimeSpan.FromHours(1), ["t"]).Message, StringComparison.Ordinal);
        Assert.Contains(
            "keep no state", Refused(() => [new AirTemperature(0, null)], Meshes.Step, ["t"]).Message, StringComparison.Ordinal);
    }

    private static Tensor Begin(MeshModel model, int members)
    {
        var (variables, triangles) = (model.Layout.Names.Count, model.Mesh.Count);
        using var fields = Tensors.From(
            [.. Enumerable.Repeat(model.InitialFields, members).SelectMany(v => v)], members, variables, 1, triangles);
        return model.Initialize(fields);
    }

    private static double[][] Rows(MeshModel model, Tensor state) => [.. state.ToArray<double>().Chunk(model.Mesh.Count)];

    private static double Imbalance(MeshModel model, Tensor state)
    {
        var rows = Rows(model, state);
        var area = MeshOrder.Of(model.Mesh).Select(place => model.Mesh.Shapes.Area[place]).ToArray();
        double Total(int row) => rows[row].Zip(area).Sum(v => v.First * v.Second);
        return Math.Abs(Total(4) - Total(0) - Total(3)) / Math.Max(Total(4), 1);
    }
}
