using Cairn.Engine.Sources.Analytic;
using Cairn.Engine.Tests.Models.Harmonics;

namespace Cairn.Engine.Tests.Models.SphericalShallowWater;

public sealed class SphericalShallowWaterModelTests(ITestOutputHelper log)
{
    private static readonly LatLonGrid Regular = Grids.Regular(73, 144);

    [Theory]
    [InlineData("rossby-haurwitz", 1e-9)]
    [InlineData("solid-body", 1e-9)]
    public void Winds_alone_get_the_height_that_the_formula_of_their_case_has(string name, double tolerance)
    {
        var grid = Layers.Gaussian(42);
        var size = grid.Latitudes.Count * grid.Longitudes.Count;
        var fields = SphericalLayers.Make(name, grid, 0);
        using var given = Layers.Model();
        using var expected = given.Start(fields);
        using var model = Layers.Model(heightGiven: false, meanHeight: given.Totals(expected)[0].Depth);
        using var found = model.Start(fields);
        var error = model.Field(found, "h").Zip(fields[(2 * size)..], (a, b) => Math.Abs(a - b)).Max();
        log.WriteLine($"{name}: largest difference {error:e2} m");

        Assert.Equal(["u", "v"], model.Description.InputVariables);
        Assert.InRange(error, 0, tolerance);
    }

    [Fact]
    public void Balanced_winds_begin_without_divergence_and_without_a_push_towards_it()
    {
        using var model = Layers.Model(heightGiven: false, grid: Regular);
        var winds = SphericalLayers.On(Regular, (latitude, longitude) => 20 * Math.Cos(latitude) * Math.Sin(3 * longitude)).ToArray();
        using var start = model.Start([.. winds, .. winds.Select(w => w / 2)]);
        using var next = model.Step(start);
        var (before, after) = (model.Field(start, "divergence").Max(Math.Abs), model.Field(next, "divergence").Max(Math.Abs));
        log.WriteLine($"divergence {before:e2}, after a step {after:e2} 1/s");

        Assert.Equal(0, before);
        // Ten minutes of a push of the first order would leave 1e-6; what is left is of the second order in time.
        Assert.InRange(after, 0, 2e-7);
    }

    [Theory]
    [InlineData(42, true)]
    [InlineData(71, true)]
    [InlineData(33, false)]
    public void Fields_that_the_truncation_holds_come_back_exactly(int truncation, bool southFirst)
    {
        var grid = Grids.Regular(73, 144, southFirst: southFirst);
        using var model = Layers.Model(truncation, grid: grid, minutes: 1);
        using var state = Random(truncation, members: 2, seed: 20260102);
        using var fields = model.Fields(state);
        using var inputs = fields.narrow(1, 0, 3);
        using var again = model.Initialize(inputs);
        using var fieldsAgain = model.Fields(again);

        foreach (var (variable, tolerance) in new[] { ("u", 1e-8), ("v", 1e-8), ("h", 1e-8), ("vorticity", 1e-14), ("divergence", 1e-14) })
        {
            var at = model.Description.OutputVariables.ToList().IndexOf(variable);
            using var one = fields.narrow(1, at, 1);
            using var other = fieldsAgain.narrow(1, at, 1);
            Assert.InRange(one.MaxDifference(other), 0, tolerance);
        }
    }

    [Fact]
    public void Winds_have_the_divergence_and_the_vorticity_that_differences_show()
    {
        using var model = Layers.Model(10, grid: Grids.Regular(361, 720, origin: 0), minutes: 1);
        using var state = Random(10, members: 1, seed: 8);
        var (u, v) = (model.Field(state, "u"), model.Field(state, "v"));
        const int row = 240;
        const int column = 100;
        const double spacing = Math.PI / 360;
        var (latitude, at) = (double.DegreesToRadians(row * 0.5 - 90), (row * 720) + column);
        double Cos(int rows) => Math.Cos(latitude + (rows * spacing));
        var divergence = (u[at + 1] - u[at - 1] + (v[at + 720] * Cos(1)) - (v[at - 720] * Cos(-1))) / (2 * spacing * Earth.Radius * Cos(0));
        var vorticity = (v[at + 1] - v[at - 1] - (u[at + 720] * Cos(1)) + (u[at - 720] * Cos(-1))) / (2 * spacing * Earth.Radius * Cos(0));

        // Differences of wave number 10 over a degree are wrong by (10 π / 360)² / 6, a thousandth of values of 1e-4.
        Assert.InRange(Math.Abs(model.Field(state, "divergence")[at] - divergence), 0, 1.3e-7);
        Assert.InRange(Math.Abs(model.Field(state, "vorticity")[at] - vorticity), 0, 1.3e-7);
    }

    [Fact]
    public void A_deep_layer_moves_as_the_barotropic_model_does()
    {
        var wave = new RossbyHaurwitz();
        using var deep = Layers.Model(21, minutes: 0.5, heightGiven: false, meanHeight: 1e6);
        using var flat = new BarotropicModel(new BarotropicOptions { Grid = deep.Description.InputGrid, Truncation = 21 });
        using var start = deep.Start(wave.Winds(deep.Description.InputGrid));
        using var fields = Tensors.From(wave.Winds(deep.Description.InputGrid), 1, 2, 32, 64);
        using var flatStart = flat.Initialize(fields);
        using var end = deep.Run(start, TimeSpan.FromHours(12));
        using var flatEnd = flat.Run(flatStart, TimeSpan.FromHours(12));
        var (found, expected) = (deep.Field(end, "vorticity"), flat.Field(flatEnd, "vorticity"));
        var difference = Layers.RelativeError(found, expected, deep.Description.OutputGrid);
        var moved = Layers.RelativeError(deep.Field(start, "vorticity"), expected, deep.Description.OutputGrid);
        log.WriteLine($"l2 of vorticity {difference:e2}, moved {moved:e2}");

        Assert.InRange(difference, 0, moved / 50);
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void A_member_steps_alike_alone_and_in_a_batch(ScalarType dtype)
    {
        using var apart = Layers.Model(21, dtype: dtype, membersApart: true);
        using var doubles = Random(21, members: 3, seed: 5);
        using var states = doubles.to(dtype);
        using var batch = apart.Step(states);

        Assert.False(apart.Description.DependsOnBatch);
        for (var i = 0; i < 3; i++)
        {
            using var member = states.narrow(0, i, 1);
            using var alone = apart.Step(member);
            using var inBatch = batch.narrow(0, i, 1);
            Assert.True(inBatch.HasBitsOf(alone), $"member {i}");
        }
    }

    [Fact]
    public void Nothing_appears_beyond_the_truncation()
    {
        using var model = Layers.Model(21);
        using var state = Random(21, members: 1, seed: 12);
        using var next = model.Step(state);
        var (values, shape) = (next.ToArray<double>(), new SpectralShape(21));

        for (var index = 0; index < values.Length; index++)
        {
            var (m, l) = (index / (6 * shape.Rows), index % shape.Rows);
            Assert.True(m + l <= 21 || values[index] == 0, $"m {m}, l {l}: {values[index]}");
        }
    }

    [Fact]
    public void A_step_too_long_for_gravity_waves_is_refused_with_the_longest_that_is_not()
    {
        using var model = Layers.Model(minutes: 30);

        var error = Assert.Throws<SpecException>(() => model.Case("rossby-haurwitz"));

        Assert.Contains("model.step is 1800 s", error.Message, StringComparison.Ordinal);
        Assert.Matches("stable up to 9[0-9][0-9] s", error.Message);
    }

    [Fact]
    public void The_longest_step_that_is_let_through_is_stable()
    {
        // 15 minutes is just below the limit for the wave of case 6.
        using var model = Layers.Model(minutes: 15);
        using var start = model.Case("rossby-haurwitz");
        using var end = model.Run(start, TimeSpan.FromDays(5));

        Assert.InRange(model.Field(end, "divergence").Max(Math.Abs), 0, 1e-5);
    }

    [Theory]
    [InlineData(1, 0, "truncation is 1; expected a whole number from 2 to 1023")]
    [InlineData(72, 0, "T72 does not fit the input grid 73 x 144")]
    [InlineData(42, 200, "tilt is 200; expected degrees from -180 to 180")]
    public void Options_out_of_range_are_refused(int truncation, double tilt, string message)
    {
        var error = Assert.Throws<SpecException>(() => Layers.Model(truncation, tilt: tilt, grid: Regular));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_about_another_axis_than_the_models_is_refused()
    {
        using var model = Layers.Model(21, tilt: 10);

        var error = Assert.Throws<SpecException>(() => model.Case("zonal-jet", 10));

        Assert.Contains("model.tilt is 10; expected 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_another_truncation_is_refused()
    {
        using var model = Layers.Model(42);
        using var state = Random(21, members: 1, seed: 1);

        var error = Assert.Throws<StepException>(() => model.Step(state));

        Assert.Contains("[1, 22, 3, 2, 24]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[batch, 43, 3, 2, 44]", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Random vorticity and divergence of 1e-5 1/s, and a surface some hundred metres around 10 km.</summary>
    private static Tensor Random(int truncation, int members, int seed)
    {
        var shape = new SpectralShape(truncation);
        var random = new Random(seed);
        var values = new double[members * 6 * shape.Count];
        for (var index = 0; index < values.Length; index++)
        {
            var (row, l) = (index / shape.Rows, index % shape.Rows);
            var (m, field, part) = (row / 6 % shape.Columns, row / 2 % 3, row % 2);
            // Vorticity and divergence have no mean, and m = 0 has no imaginary part.
            var free = m + l <= truncation && m + l > 0 && (m > 0 || part == 0);
            var size = field == 2 ? 100 : 1e-5;
            values[index] = free ? size * ((2 * random.NextDouble()) - 1) : 0;
            if (m + l + part == 0 && field == 2)
                values[index] = Earth.Gravity * 10_000 * Math.Sqrt(2);
        }
        return Tensors.From(values, members, shape.Columns, 3, 2, shape.Rows);
    }
}
