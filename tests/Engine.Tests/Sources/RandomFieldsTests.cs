namespace Cairn.Engine.Tests.Sources;

public sealed class RandomFieldsTests
{
    private static readonly GridSpec Grid = new(new AxisSpec(-88, 88, 45), new AxisSpec(0, 356, 90));

    [Fact]
    public void Mean_and_spread_are_those_of_the_spec_and_length_makes_neighbours_alike()
    {
        var fields = Read(7, new RandomFieldSpec(10, 2, null), new RandomFieldSpec(-5, 3, 1500));
        var (white, smooth) = (fields[..4050], fields[4050..]);

        Assert.Equal(10, white.Average(), 0.2);
        Assert.Equal(2, Spread(white), 0.1);
        Assert.Equal(-5, smooth.Average(), 3.0);
        Assert.Equal(3, Spread(smooth), 1.0);
        Assert.InRange(Likeness(white), -0.05, 0.05);
        Assert.InRange(Likeness(smooth), 0.9, 1);
    }

    [Fact]
    public void A_seed_gives_the_same_fields_again_and_another_seed_others()
    {
        var noise = new RandomFieldSpec(0, 1, 800);

        Assert.Equal(Read(1, noise, noise), Read(1, noise, noise));
        Assert.NotEqual(Read(1, noise), Read(2, noise));
        Assert.NotEqual(Read(1, noise, noise)[..4050], Read(1, noise, noise)[4050..]);
    }

    [Fact]
    public void A_variable_more_leaves_the_others_as_they_were()
    {
        var noise = new RandomFieldSpec(0, 1, null);

        Assert.Equal(Read(3, noise), Read(3, noise, new RandomFieldSpec(4, 5, 600))[..4050]);
    }

    [Fact]
    public void Members_are_not_perturbed_with_the_noise_that_they_start_from()
    {
        using var generator = MemberGenerator.FromSeed(3, 0);
        using var drawn = randn([4050], ScalarType.Float64, generator: generator);

        Assert.NotEqual(drawn.ToArray<double>(), Read(3, new RandomFieldSpec(0, 1, null)));
    }

    private static double[] Read(long seed, params RandomFieldSpec[] noise) => InitialSources.Read(
        new InitialSpec("random", "", new InitialTime("2000-01-01", null),
            [.. noise.Select((_, i) => new InitialVariable($"x{i}", ""))])
        {
            Noise = noise,
            Seed = seed,
            Grid = Grid,
        }).Fields;

    private static double Spread(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }

    private static double Likeness(double[] values)
    {
        var mean = values.Average();
        return values.Zip(values.Skip(1), (a, b) => (a - mean) * (b - mean)).Average() / (Spread(values) * Spread(values));
    }
}
