namespace Cairn.Engine.Tests.Perturbations;

public sealed class GaussianPerturbationTests
{
    [Fact]
    public void What_a_member_gets_depends_on_seed_and_member_alone()
    {
        var all = Draw(7, [.. Enumerable.Range(0, 16)]);

        foreach (var members in new int[][] { [0], [5], [15], [4, 5, 6], [9, 3], [5, 4] })
        {
            var some = Draw(7, members);
            Assert.All(Enumerable.Range(0, members.Length), i => Assert.Equal(all[members[i]], some[i]));
        }
    }

    [Fact]
    public void Seeds_members_and_variables_all_differ()
    {
        var fields = new[] { Draw(7, [0, 1]), Draw(8, [0, 1]) }.SelectMany(draw => draw).SelectMany(member => member.Chunk(12)).ToList();

        Assert.Equal(8, fields.Select(field => string.Join(' ', field)).Distinct().Count());
    }

    [Fact]
    public void Applied_again_it_draws_the_same()
    {
        var perturbation = Noise(7, 0.5, [true, true], 3, 4);
        using var fields = full([1, 2, 3, 4], 0, ScalarType.Float64);
        using var first = perturbation.Apply(fields, [3], level: 2);
        using var second = perturbation.Apply(fields, [3], level: 1);

        Assert.True(second.HasBitsOf(first));
    }

    [Fact]
    public void Mean_and_variance_are_those_of_the_normal_distribution_with_the_amplitude()
    {
        // 8 members of 2 variables on 50 x 100 points: the bounds are five standard errors of 80,000 independent numbers.
        const double amplitude = 2.5;
        const int n = 80_000;
        var perturbation = Noise(20260718, amplitude, [true, true], 50, 100);
        using var fields = full([8, 2, 50, 100], 10, ScalarType.Float64);
        using var perturbed = perturbation.Apply(fields, [.. Enumerable.Range(0, 8)], level: 2);
        var noise = perturbed.ToArray<double>().Select(x => x - 10).ToArray();
        var mean = noise.Average();
        var variance = noise.Sum(x => (x - mean) * (x - mean)) / (n - 1);
        var beyond = noise.Count(x => Math.Abs(x) > 2 * amplitude) / (double)n;

        Assert.Equal(n, noise.Length);
        Assert.InRange(mean, -5 * amplitude / Math.Sqrt(n), 5 * amplitude / Math.Sqrt(n));
        Assert.InRange(variance / (amplitude * amplitude), 1 - (5 * Math.Sqrt(2.0 / n)), 1 + (5 * Math.Sqrt(2.0 / n)));
        Assert.InRange(beyond, 0.0455 - 0.0037, 0.0455 + 0.0037);
    }

    [Fact]
    public void Members_are_not_correlated()
    {
        const int n = 5000;
        using var fields = full([2, 1, 50, 100], 0, ScalarType.Float64);
        using var perturbed = Noise(1, 1, [true], 50, 100).Apply(fields, [0, 1], level: 2);
        var values = perturbed.ToArray<double>();
        var correlation = Enumerable.Range(0, n).Sum(i => values[i] * values[n + i]) / n;

        Assert.InRange(correlation, -5 / Math.Sqrt(n), 5 / Math.Sqrt(n));
    }

    [Fact]
    public void A_variable_that_is_not_perturbed_keeps_its_bits_and_changes_no_others_draw_before_it()
    {
        var both = Draw(7, [2], perturbed: [true, true])[0];
        var first = Draw(7, [2], perturbed: [true, false])[0];

        Assert.Equal(both[..12], first[..12]);
        Assert.All(first[12..], value => Assert.Equal(100, value));
    }

    [Fact]
    public void The_models_element_type_is_kept_and_the_fields_are_not_changed()
    {
        using var fields = full([2, 2, 3, 4], 100, ScalarType.Float32);
        using var perturbed = Noise(7, 0.5, [true, true], 3, 4).Apply(fields, [0, 1], level: 2);

        Assert.Equal(ScalarType.Float32, perturbed.dtype);
        Assert.All(fields.ToArray<float>(), value => Assert.Equal(100, value));
    }

    [Fact]
    public void Fields_of_another_shape_are_refused_with_what_was_expected()
    {
        using var fields = full([2, 3, 3, 4], 0, ScalarType.Float64);
        var error = Assert.Throws<SpecException>(() => Noise(7, 0.5, [true, true], 3, 4).Apply(fields, [0, 1], level: 2));

        Assert.Contains("[2, 3, 3, 4]", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 members, 2 variables", error.Message, StringComparison.Ordinal);
    }

    private static NoisePerturbation Noise(ulong seed, double amplitude, bool[] perturbed, int latitudes, int longitudes) => new(
        seed, [.. perturbed.Select(yes => yes ? amplitude : 0)],
        new WhiteNoise(new LatLonGrid([.. Enumerable.Range(0, latitudes).Select(i => (double)i)],
            [.. Enumerable.Range(0, longitudes).Select(i => (double)i)])));

    private static double[][] Draw(ulong seed, int[] members, bool[]? perturbed = null)
    {
        using var fields = full([members.Length, 2, 3, 4], 100, ScalarType.Float64);
        using var result = Noise(seed, 0.5, perturbed ?? [true, true], 3, 4).Apply(fields, members, level: 2);
        return [.. result.ToArray<double>().Chunk(24)];
    }
}
