using Cairn.Engine.Models.Lorenz96;

namespace Cairn.Engine.Tests.Models.Lorenz96;

public sealed class Lorenz96ModelTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(39)]
    [InlineData(40)]
    public void A_step_is_that_of_the_equations_written_out(int size)
    {
        using var model = new Lorenz96Model(new Lorenz96Options { Size = size });
        var x = Start(size, new Random(size));
        using var state = Tensors.From(x, 1, size);
        using var next = model.Step(state);

        var expected = PlainStep(x, 8, 0.05);
        Assert.All(next.ToArray<double>().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-13));
    }

    [Fact]
    public void Without_waves_every_variable_decays_to_the_forcing_as_the_equations_say()
    {
        // Equal variables drive nothing: dx/dt = F - x, which the scheme solves with an error of the fifth order a step.
        using var model = new Lorenz96Model(new Lorenz96Options { Size = 7, Forcing = 3 });
        var state = full([1, 7], 5, ScalarType.Float64);
        for (var step = 0; step < 20; step++)
        {
            var next = model.Step(state);
            state.Dispose();
            state = next;
        }
        Assert.All(state.ToArray<double>(), x => Assert.Equal(3 + (2 * Math.Exp(-1)), x, 1e-7));
        state.Dispose();
    }

    [Theory]
    [InlineData(40, ScalarType.Float64)]
    [InlineData(37, ScalarType.Float32)]
    public void The_operations_for_other_devices_give_the_kernels_bits(int size, ScalarType dtype)
    {
        var options = new Lorenz96Options { Size = size, DType = dtype };
        using var model = new Lorenz96Model(options);
        using var operations = new Lorenz96Equation(options);
        var random = new Random(14);
        using var doubles = Tensors.From<double>([.. Start(size, random), .. Start(size, random)], 2, size);
        using var state = doubles.to(dtype);
        using var byKernel = model.Step(state);
        using var byOperations = operations.call(state);

        Assert.True(byOperations.HasBitsOf(byKernel));
    }

    [Theory]
    [InlineData(40, ScalarType.Float64)]
    [InlineData(39, ScalarType.Float64)]
    [InlineData(37, ScalarType.Float32)]
    public void A_members_bits_do_not_depend_on_its_batch(int size, ScalarType dtype)
    {
        using var model = new Lorenz96Model(new Lorenz96Options { Size = size, DType = dtype });
        var random = new Random(96);
        var members = Enumerable.Range(0, 7).Select(_ => Start(size, random)).ToArray();
        using var doubles = Tensors.From<double>([.. members.SelectMany(m => m)], 7, size);
        using var batch = doubles.to(dtype);
        using var together = model.Step(batch);

        for (var i = 0; i < members.Length; i++)
        {
            using var alone = Tensors.From(members[i], 1, size);
            using var state = alone.to(dtype);
            using var apart = model.Step(state);
            using var slice = together.narrow(0, i, 1);
            Assert.True(apart.HasBitsOf(slice));
        }
    }

    [Fact]
    public void Turning_the_circle_moves_every_bit_along()
    {
        // A variable passes through vectors, what is left over of them, and the seam: all must round alike.
        using var model = new Lorenz96Model(new Lorenz96Options { Size = 23 });
        var x = Start(23, new Random(23));
        var next = Step(model, x);
        for (var by = 1; by < 23; by++)
            Assert.Equal([.. next[by..], .. next[..by]], Step(model, [.. x[by..], .. x[..by]]));
    }

    [Fact]
    public void Two_states_part_twice_as_far_in_two_days_or_so()
    {
        // Lorenz (1996) found errors to double in 2.1 days at F = 8.
        using var model = new Lorenz96Model(new Lorenz96Options());
        var x = Start(40, new Random(1));
        double[] y = [.. x];
        y[0] += 1e-8;
        for (var step = 0; step < 200; step++)
            (x, y) = (Step(model, x), Step(model, y));
        // From the start of a chaotic flow over 25 days: 12 doublings, but for the weather.
        double[] from = [.. x], beside = [.. x];
        beside[0] += 1e-8;
        for (var step = 0; step < 100; step++)
            (from, beside) = (Step(model, from), Step(model, beside));
        var growth = Math.Sqrt(from.Zip(beside, (a, b) => (a - b) * (a - b)).Sum()) / 1e-8;
        Assert.InRange(Math.Log2(growth), 25 / 5.0, 25 / 1.0);
    }

    [Fact]
    public void Fields_lie_on_one_latitude()
    {
        using var model = new Lorenz96Model(new Lorenz96Options { Size = 8 });
        using var begin = Tensors.From(Lorenz96Cases.Make(Lorenz96Cases.Nudged, 8, 8), 1, 1, 1, 8);
        using var state = model.Initialize(begin);
        using var fields = model.Fields(state);

        Assert.Equal([1L, 8], state.shape);
        Assert.True(fields.HasBitsOf(begin));
        Assert.Equal([0.0], model.Description.OutputGrid.Latitudes);
        Assert.Equal([0.0, 45, 90, 135, 180, 225, 270, 315], model.Description.OutputGrid.Longitudes);
    }

    [Fact]
    public void Fields_on_another_grid_are_refused()
    {
        var grid = new Cairn.Engine.Models.LatLonGrid([0, 1], [0, 90, 180, 270]);

        var error = Assert.Throws<SpecException>(() => new Lorenz96Model(new Lorenz96Options { Size = 4, Grid = grid }));
        Assert.Contains("one latitude", error.Message, StringComparison.Ordinal);
    }

    private static double[] Step(Lorenz96Model model, double[] x)
    {
        using var state = Tensors.From(x, 1, x.Length);
        using var next = model.Step(state);
        return next.ToArray<double>();
    }

    private static double[] Start(int size, Random random) => [.. Enumerable.Range(0, size).Select(_ => (10 * random.NextDouble()) - 3)];

    private static double[] PlainStep(double[] x, double forcing, double dt)
    {
        var k1 = Tendency(x, forcing);
        var k2 = Tendency([.. x.Zip(k1, (a, k) => a + (dt / 2 * k))], forcing);
        var k3 = Tendency([.. x.Zip(k2, (a, k) => a + (dt / 2 * k))], forcing);
        var k4 = Tendency([.. x.Zip(k3, (a, k) => a + (dt * k))], forcing);
        return [.. x.Select((a, i) => a + (dt / 6 * (k1[i] + (2 * k2[i]) + (2 * k3[i]) + k4[i])))];
    }

    private static double[] Tendency(double[] x, double forcing)
    {
        var n = x.Length;
        return [.. x.Select((a, i) => ((x[(i + 1) % n] - x[(i + n - 2) % n]) * x[(i + n - 1) % n]) - a + forcing)];
    }
}
