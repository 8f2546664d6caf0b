namespace Cairn.Engine.Tests.Models.Harmonics;

public sealed class GaussianQuadratureTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(513)]
    public void Weights_sum_to_two(int count) => Assert.Equal(2, new GaussianQuadrature(count).Weights.Sum(), 1e-13);

    [Fact]
    public void Two_points_lie_at_one_over_the_square_root_of_three()
    {
        var rule = new GaussianQuadrature(2);

        Assert.Equal(1 / Math.Sqrt(3), rule.Nodes[0], 1e-15);
        Assert.Equal(-1 / Math.Sqrt(3), rule.Nodes[1], 1e-15);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(32)]
    public void Polynomials_are_exact_to_degree_two_n_minus_one_and_no_further(int count)
    {
        var rule = new GaussianQuadrature(count);

        for (var degree = 0; degree < 2 * count; degree++)
            Assert.Equal(degree % 2 == 1 ? 0 : 2.0 / (degree + 1), Sum(rule, x => Math.Pow(x, degree)), 1e-14);
        // The square of the Legendre polynomial whose roots the nodes are is summed to zero.
        Assert.Equal(0, Sum(rule, x => rule.Nodes.Aggregate(1.0, (p, node) => p * (x - node) * (x - node))), 1e-20);
    }

    private static double Sum(GaussianQuadrature rule, Func<double, double> f) => rule.Nodes.Zip(rule.Weights, (x, w) => w * f(x)).Sum();
}
