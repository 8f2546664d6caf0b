namespace Cairn.Engine.Tests.Models.ShallowWater;

public sealed class ShallowWaterModelTests
{
    /// <summary>u, v and p at (8, 8), (16, 16), (24, 24) after 100 steps of the NCAR program's own case on 64 x 64 points, as
    /// bench/native/shallow_water.c, which follows that program and shares no line with this model, prints them.</summary>
    private static readonly double[][] OfTheProgram =
    [
        [8, -0.46129388927409154, 0.46128569235181804, 49999.841676062933],
        [16, 0.095919962597001654, -0.096223932326298181, 49999.538130187015],
        [24, 0.50944684129590667, -0.50943770587768333, 50000.158306958321],
    ];

    [Fact]
    public void A_hundred_steps_give_the_numbers_of_the_plain_program()
    {
        var options = new ShallowWaterOptions();
        using var model = new ShallowWaterModel(options);
        using var first = Planes.Begin(model, options, ShallowWaterCases.SineWaves);
        using var last = Planes.Run(model, first, 100);
        var x = last.ToArray<double>();

        foreach (var (at, expected) in OfTheProgram.Select(row => ((int)row[0], row[1..])))
        {
            for (var field = 0; field < 3; field++)
            {
                // That program begins with a forward step, this model with the same step as leapfrog: equal but for rounding.
                Assert.Equal(expected[field], x[(field * 4096) + (at * 64) + at], 1e-9);
            }
        }
    }

    [Theory]
    [InlineData(ShallowWaterScheme.PotentialEnstrophy, ScalarType.Float64)]
    [InlineData(ShallowWaterScheme.Energy, ScalarType.Float64)]
    [InlineData(ShallowWaterScheme.PotentialEnstrophy, ScalarType.Float32)]
    [InlineData(ShallowWaterScheme.Energy, ScalarType.Float32)]
    public void The_operations_for_other_devices_give_the_kernels_bits(ShallowWaterScheme scheme, ScalarType dtype)
    {
        var plane = new ShallowWaterPlane { Columns = 21, Rows = 10, Dx = 9e4, Coriolis = 1e-4 };
        var options = new ShallowWaterOptions { Plane = plane, Scheme = scheme, DType = dtype };
        using var model = new ShallowWaterModel(options);
        using var operations = new ShallowWaterEquations(options);
        using var state = Planes.State(Planes.Levels(plane, new Random(14)), plane, dtype);
        using var winds = state.narrow(1, 0, 3);
        using var first = model.Initialize(winds);
        using var step = model.Step(state);
        using var fields = model.Fields(state);
        using var firstByOperations = operations.Init(winds);
        using var stepByOperations = operations.call(state);
        using var fieldsByOperations = operations.Fields(state);

        Assert.True(firstByOperations.HasBitsOf(first), "the state of the fields");
        Assert.True(stepByOperations.HasBitsOf(step), "the step");
        Assert.True(fieldsByOperations.HasBitsOf(fields), "the fields");
    }

    [Theory]
    [InlineData(ShallowWaterScheme.PotentialEnstrophy, ScalarType.Float64)]
    [InlineData(ShallowWaterScheme.Energy, ScalarType.Float64)]
    [InlineData(ShallowWaterScheme.PotentialEnstrophy, ScalarType.Float32)]
    public void A_members_bits_do_not_depend_on_its_batch(ShallowWaterScheme scheme, ScalarType dtype)
    {
        var plane = new ShallowWaterPlane { Columns = 21, Rows = 10, Coriolis = 1e-4 };
        var options = new ShallowWaterOptions { Plane = plane, Scheme = scheme, DType = dtype };
        using var model = new ShallowWaterModel(options);
        var random = new Random(7);
        var members = Enumerable.Range(0, 3).Select(_ => Planes.State(Planes.Levels(plane, random), plane, dtype)).ToArray();
        using var batch = cat(members);
        using var together = model.Step(batch);

        for (var i = 0; i < members.Length; i++)
        {
            using var apart = model.Step(members[i]);
            using var slice = together.narrow(0, i, 1);
            Assert.True(apart.HasBitsOf(slice));
            members[i].Dispose();
        }
    }

    [Fact]
    public void The_initial_fields_are_the_fields_at_lead_time_zero()
    {
        var options = new ShallowWaterOptions { Plane = new() { Columns = 12, Rows = 8, Coriolis = 1e-4 } };
        using var model = new ShallowWaterModel(options);
        using var state = Planes.Begin(model, options, ShallowWaterCases.Vortex);
        using var fields = model.Fields(state);
        var expected = ShallowWaterCases.Make(ShallowWaterCases.Vortex, options.Plane);

        Assert.Equal([1L, 4, 8, 12], fields.shape);
        Assert.Equal(expected, fields.ToArray<double>()[..expected.Length]);
        // A low turns as the earth does: its vorticity has the sign of f.
        Assert.True(fields.ToArray<double>()[(3 * 96) + (4 * 12) + 6] > 0);
    }

    [Fact]
    public void A_geostrophic_vortex_stays_where_it_is()
    {
        var options = new ShallowWaterOptions { Plane = new() { Columns = 32, Rows = 32, Coriolis = 1e-4 } };
        using var model = new ShallowWaterModel(options);
        using var first = Planes.Begin(model, options, ShallowWaterCases.Vortex);
        using var last = Planes.Run(model, first, 320);
        var (before, after) = (first.ToArray<double>(), last.ToArray<double>());
        var deepest = before.AsSpan(2048, 1024).ToArray().Index().MinBy(p => p.Item);
        var still = after.AsSpan(2048, 1024).ToArray().Index().MinBy(p => p.Item);

        // Eight hours. The geostrophic wind leaves out the curvature of the paths, so that the low first has to find its balance.
        Assert.Equal(deepest.Index, still.Index);
        Assert.InRange((50_000 - still.Item) / (50_000 - deepest.Item), 0.8, 1.5);
    }

    [Theory]
    [InlineData(120, "less than 111.8 s")]
    [InlineData(-1, "more than 0")]
    public void A_step_too_long_for_gravity_waves_is_refused(int seconds, string expected)
    {
        var plane = new ShallowWaterPlane { MeanGeopotential = 1e5, Coriolis = 1e-4 };
        var options = new ShallowWaterOptions { Plane = plane, Step = TimeSpan.FromSeconds(seconds) };

        Assert.Contains(expected, Assert.Throws<SpecException>(() => new ShallowWaterModel(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_step_is_where_the_shortest_wave_begins_to_grow()
    {
        var plane = new ShallowWaterPlane { Columns = 8, Rows = 8 };

        Assert.InRange(Growth(plane, plane, 200), 0, 2);
        // Beyond the limit the model refuses; a surface that is higher than it was told goes there all the same.
        Assert.InRange(Growth(plane, plane with { MeanGeopotential = 1.1 * plane.MeanGeopotential }, 30), 1e3, 1e6);
    }

    [Fact]
    public void A_state_of_another_plane_is_refused()
    {
        using var model = new ShallowWaterModel(new ShallowWaterOptions());
        using var state = full([1, 6, 64, 32], 1, ScalarType.Float64);

        var error = Assert.Throws<StepException>(() => model.Step(state));
        Assert.Contains("float64[batch, 6, 64, 64]", error.Message, StringComparison.Ordinal);
    }

    /// <summary>How much the noise of two grid lengths has grown after some steps of nearly the longest length.</summary>
    private static double Growth(ShallowWaterPlane told, ShallowWaterPlane real, int steps)
    {
        var options = new ShallowWaterOptions { Plane = told, Step = TimeSpan.FromSeconds(0.999 * told.LongestStep), Filter = 0 };
        using var model = new ShallowWaterModel(options);
        var fields = new double[3 * real.Size];
        for (var i = 0; i < real.Size; i++)
            fields[(2 * real.Size) + i] = real.MeanGeopotential * (1 + (1e-6 * ((i + (i / real.Columns)) % 2 == 0 ? 1 : -1)));
        using var begin = Tensors.From(fields, 1, 3, real.Rows, real.Columns);
        using var first = model.Initialize(begin);
        using var last = Planes.Run(model, first, steps);
        var p = last.ToArray<double>().AsSpan(2 * real.Size, real.Size).ToArray();
        return p.Max(v => Math.Abs(v - real.MeanGeopotential)) / (1e-6 * real.MeanGeopotential);
    }
}
