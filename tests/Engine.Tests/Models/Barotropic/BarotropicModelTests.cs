using Cairn.Engine.Tests.Models.Harmonics;

namespace Cairn.Engine.Tests.Models.Barotropic;

public sealed class BarotropicModelTests
{
    private const int FiveDays = 240;
    private static readonly LatLonGrid Grid = Grids.Regular(73, 144);

    [Fact]
    public void The_rossby_haurwitz_wave_moves_at_its_theoretical_speed_and_keeps_energy_and_enstrophy()
    {
        var wave = new RossbyHaurwitz();
        using var model = Model();
        using var start = Initialize(model, wave.Winds(Grid));
        using var end = Run(model, start, FiveDays);
        var (before, after) = (FlowTotals.Of(start)[0], FlowTotals.Of(end)[0]);
        var expected = wave.AngularPhaseSpeed * FiveDays * model.Description.Step.TotalSeconds;
        var turned = Math.IEEERemainder((Phase(start, wave.Wavenumber) - Phase(end, wave.Wavenumber)) / wave.Wavenumber - expected,
            2 * Math.PI / wave.Wavenumber);

        Assert.InRange(Math.Abs(turned / expected), 0, 1e-6);
        Assert.InRange(Math.Abs(after.Energy / before.Energy - 1), 0, 1e-8);
        Assert.InRange(Math.Abs(after.Enstrophy / before.Enstrophy - 1), 0, 1e-8);
    }

    [Fact]
    public void Single_precision_keeps_the_wave_to_a_thousandth()
    {
        var wave = new RossbyHaurwitz();
        using var model = Model(dtype: ScalarType.Float32);
        using var start = Initialize(model, wave.Winds(Grid));
        using var end = Run(model, start, FiveDays);
        var (before, after) = (FlowTotals.Of(start)[0], FlowTotals.Of(end)[0]);

        Assert.Equal(ScalarType.Float32, end.dtype);
        Assert.InRange(Math.Abs(after.Energy / before.Energy - 1), 0, 1e-3);
        Assert.InRange(Math.Abs(after.Enstrophy / before.Enstrophy - 1), 0, 1e-3);
    }

    [Theory]
    [InlineData(42, true)]
    [InlineData(71, true)]
    [InlineData(42, false)]
    [InlineData(33, false)]
    public void Winds_that_the_truncation_holds_come_back_exactly(int truncation, bool southFirst)
    {
        var grid = Grids.Regular(73, 144, southFirst: southFirst);
        using var model = Model(truncation, grid);
        using var state = RandomState(truncation, members: 2, seed: 20260101);
        using var fields = model.Fields(state);
        using var winds = fields.narrow(1, 1, 2);
        using var again = model.Initialize(winds);

        Assert.InRange(again.MaxDifference(state), 0, 1e-10 * 1e-5);
        using var fieldsAgain = model.Fields(again);
        using var windsAgain = fieldsAgain.narrow(1, 1, 2);
        Assert.InRange(windsAgain.MaxDifference(winds), 0, 1e-10 * 1e2);
    }

    [Fact]
    public void Winds_on_gaussian_latitudes_come_back_exactly()
    {
        double[] latitudes = [.. new GaussianQuadrature(64).Nodes.Select(x => double.RadiansToDegrees(Math.Asin(x)))];
        using var model = Model(grid: new LatLonGrid(latitudes, Grids.Longitudes(128, 0)));
        using var state = RandomState(42, members: 1, seed: 7);
        using var fields = model.Fields(state);
        using var winds = fields.narrow(1, 1, 2);
        using var again = model.Initialize(winds);

        Assert.InRange(again.MaxDifference(state), 0, 1e-15);
    }

    [Fact]
    public void Fields_of_the_wave_match_its_formulas_where_the_grid_begins_at_twenty_east()
    {
        var winds = new RossbyHaurwitz().Winds(Grid);
        using var model = Model();
        using var state = Initialize(model, winds);
        using var fields = model.Fields(state);
        using var found = fields.narrow(1, 1, 2);
        using var psi = fields.narrow(1, 3, 1);
        var place = (Row: 50, Column: 7);
        var longitude = double.DegreesToRadians(Grid.Longitudes[place.Column]);
        var (sin, cos) = Math.SinCos(double.DegreesToRadians(Grid.Latitudes[place.Row]));
        var expected = Earth.Radius * Earth.Radius * 7.848e-6 * sin * (Math.Pow(cos, 4) * Math.Cos(4 * longitude) - 1);

        Assert.Equal([1, 4, 73, 144], fields.shape);
        Assert.InRange(found.ToArray<double>().Zip(winds, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-9);
        Assert.Equal(1, psi.ToArray<double>()[place.Row * 144 + place.Column] / expected, 1e-12);
    }

    [Fact]
    public void Solid_rotation_has_no_northward_wind_and_stands_still()
    {
        var wave = new RossbyHaurwitz(WaveRate: 0);
        using var model = Model();
        using var start = Initialize(model, wave.Winds(Grid));
        using var end = Run(model, start, 48);
        using var fields = model.Fields(end);
        using var v = fields.narrow(1, 2, 1);

        Assert.InRange(v.ToArray<double>().Max(Math.Abs), 0, 1e-10);
        Assert.InRange(end.MaxDifference(start), 0, 1e-17);
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void A_member_steps_alike_alone_and_in_a_batch(ScalarType dtype)
    {
        using var apart = Model(dtype: dtype, membersApart: true);
        using var together = Model(dtype: dtype);
        using var doubles = RandomState(42, members: 4, seed: 99);
        using var states = doubles.to(dtype);
        using var batch = apart.Step(states);
        using var batchTogether = together.Step(states);

        Assert.False(apart.Description.DependsOnBatch);
        for (var i = 0; i < 4; i++)
        {
            using var member = states.narrow(0, i, 1);
            using var alone = apart.Step(member);
            using var inBatch = batch.narrow(0, i, 1);
            using var inBatchTogether = batchTogether.narrow(0, i, 1);
            Assert.True(inBatch.HasBitsOf(alone), $"member {i} stepped apart");
            Assert.True(together.Description.DependsOnBatch || inBatchTogether.HasBitsOf(alone), $"member {i} stepped together");
            Assert.InRange(inBatchTogether.MaxDifference(alone), 0, dtype == ScalarType.Float64 ? 1e-15 : 1e-9);
        }
    }

    [Fact]
    public void Hyperdiffusion_damps_the_last_degree_by_its_timescale_and_leaves_angular_momentum()
    {
        var step = TimeSpan.FromMinutes(30);
        var damping = new Hyperdiffusion(4, TimeSpan.FromHours(6));

        Assert.Equal(Math.Exp(-1.0 / 12), damping.Remaining(42, 42, step.TotalSeconds), 1e-15);
        Assert.Equal(1, damping.Remaining(1, 42, step.TotalSeconds));

        using var damped = Model(hyperdiffusion: damping);
        using var free = Model();
        using var state = RandomState(42, members: 1, seed: 3);
        using var dampedStep = damped.Step(state);
        using var freeStep = free.Step(state);
        var (with, without) = (dampedStep.ToArray<double>(), freeStep.ToArray<double>());
        var shape = new SpectralShape(42);
        var last = shape.Index(2 * 4, 38);
        Assert.Equal(Math.Exp(-1.0 / 12), with[last] / without[last], 1e-14);
        Assert.Equal(without[1], with[1]);
    }

    [Fact]
    public void Nothing_appears_beyond_the_truncation()
    {
        using var model = Model();
        using var state = RandomState(42, members: 1, seed: 11);
        using var next = model.Step(state);
        var values = next.ToArray<double>();
        var shape = new SpectralShape(42);

        for (var index = 0; index < values.Length; index++)
        {
            var (m, l) = (index / (2 * shape.Rows), index % shape.Rows);
            Assert.True(m + l <= 42 || values[index] == 0, $"m {m}, l {l}: {values[index]}");
        }
    }

    [Theory]
    [InlineData(1, "truncation is 1; expected a whole number from 2 to 1023")]
    [InlineData(72, "T72 does not fit the input grid 73 x 144")]
    public void Options_out_of_range_are_refused(int truncation, string message)
    {
        var error = Assert.Throws<SpecException>(() => Model(truncation));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_another_truncation_is_refused()
    {
        using var model = Model();
        using var state = RandomState(21, members: 1, seed: 1);

        var error = Assert.Throws<StepException>(() => model.Step(state));

        Assert.Contains("[1, 22, 2, 24]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[batch, 43, 2, 44]", error.Message, StringComparison.Ordinal);
    }

    private static BarotropicModel Model(int truncation = 42, LatLonGrid? grid = null, ScalarType dtype = ScalarType.Float64,
        bool membersApart = false, Hyperdiffusion? hyperdiffusion = null) => new(new BarotropicOptions
        {
            Grid = grid ?? Grid,
            Truncation = truncation,
            DType = dtype,
            MembersApart = membersApart,
            Hyperdiffusion = hyperdiffusion,
        });

    private static Tensor Initialize(BarotropicModel model, double[] winds)
    {
        using var fields = Tensors.From(winds, 1, 2, Grid.Latitudes.Count, Grid.Longitudes.Count);
        return model.Initialize(fields);
    }

    private static Tensor Run(BarotropicModel model, Tensor start, int steps)
    {
        var state = start.clone();
        for (var i = 0; i < steps; i++)
        {
            using var before = state;
            state = model.Step(before);
        }
        return state;
    }

    private static double Phase(Tensor state, int m)
    {
        var rows = (int)state.shape[3];
        var values = state.ToArray<double>();
        return Math.Atan2(values[(2 * m + 1) * rows + 1], values[2 * m * rows + 1]);
    }

    /// <summary>Random vorticity of 1e-5 1/s; the seed is the theory's or the test's own, so that a failure repeats.</summary>
    private static Tensor RandomState(int truncation, int members, int seed)
    {
        var shape = new SpectralShape(truncation);
        var random = new Random(seed);
        var values = new double[members * 2 * shape.Count];
        for (var index = 0; index < values.Length; index++)
        {
            var (column, l) = (index / shape.Rows % (2 * shape.Columns), index % shape.Rows);
            var (m, part) = (column / 2, column % 2);
            // The mean vorticity is zero, and m = 0 has no imaginary part.
            var free = m + l <= truncation && m + l > 0 && (m > 0 || part == 0);
            values[index] = free ? 1e-5 * (2 * random.NextDouble() - 1) : 0;
        }
        return Tensors.From(values, members, shape.Columns, 2, shape.Rows);
    }
}
