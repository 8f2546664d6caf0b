namespace Cairn.Engine.Tests.Models.Harmonics;

public sealed class LegendreTableTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(42)]
    [InlineData(170)]
    public void Functions_of_one_column_are_orthonormal_under_gaussian_quadrature(int truncation)
    {
        var shape = new SpectralShape(truncation);
        var rule = new GaussianQuadrature(truncation + 2);
        var values = new LegendreTable(shape, [.. rule.Nodes.Select(Math.Acos)]).Values;
        var points = rule.Nodes.Length;
        var worst = 0.0;

        foreach (var m in (int[])[0, 1, 2, truncation / 2, truncation])
        {
            for (var l = 0; m + l <= truncation + 1; l++)
            {
                for (var k = 0; k <= l; k++)
                {
                    var sum = Enumerable.Range(0, points).Sum(j =>
                        rule.Weights[j] * values[shape.Index(m, l) * points + j] * values[shape.Index(m, k) * points + j]);
                    worst = Math.Max(worst, Math.Abs(sum - (k == l ? 1 : 0)));
                }
            }
        }
        Assert.InRange(worst, 0, 1e-12);
    }

    [Fact]
    public void Low_degrees_match_their_closed_forms()
    {
        var shape = new SpectralShape(3);
        double[] colatitudes = [0.3, 1.1, 2.5];
        var values = new LegendreTable(shape, colatitudes).Values;

        for (var j = 0; j < colatitudes.Length; j++)
        {
            var (sin, cos) = Math.SinCos(colatitudes[j]);
            Assert.Equal(Math.Sqrt(0.5), At(0, 0), 1e-15);
            Assert.Equal(Math.Sqrt(1.5) * cos, At(0, 1), 1e-15);
            Assert.Equal(Math.Sqrt(0.75) * sin, At(1, 0), 1e-15);
            Assert.Equal(Math.Sqrt(15.0 / 4) * sin * cos, At(1, 1), 1e-15);
            Assert.Equal(Math.Sqrt(15.0 / 16) * sin * sin, At(2, 0), 1e-15);

            double At(int m, int l) => values[shape.Index(m, l) * colatitudes.Length + j];
        }
    }

    [Fact]
    public void Northward_slopes_match_differences_of_the_functions()
    {
        var shape = new SpectralShape(21);
        const double h = 1e-6;
        double[] places = [0.02, 0.7, 1.5, 3.0];
        var northward = new LegendreTable(shape, places).Slopes().Northward;
        var north = new LegendreTable(shape, [.. places.Select(p => p - h)]).Values;
        var south = new LegendreTable(shape, [.. places.Select(p => p + h)]).Values;

        ForEachToTruncation(shape, places.Length, at => Assert.Equal((north[at] - south[at]) / (2 * h), northward[at], 1e-6));
    }

    [Fact]
    public void Eastward_slopes_are_m_over_the_cosine_of_latitude_and_finite_at_the_poles()
    {
        var shape = new SpectralShape(21);
        double[] places = [0.5, 2.0];
        var table = new LegendreTable(shape, places);
        var eastward = table.Slopes().Eastward;
        var atPole = new LegendreTable(shape, [0.0]).Slopes();

        for (var m = 0; m < shape.Columns; m++)
        {
            for (var l = 0; m + l <= shape.Truncation; l++)
            {
                for (var j = 0; j < places.Length; j++)
                {
                    var at = shape.Index(m, l) * places.Length + j;
                    Assert.Equal(m * table.Values[at] / Math.Sin(places[j]), eastward[at], 1e-11);
                }
                // Only m = 1 has a wind at the pole, and there u and v of a streamfunction turn into one another.
                var pole = shape.Index(m, l);
                Assert.Equal(m == 1 ? -atPole.Northward[pole] : 0, atPole.Eastward[pole], 1e-12);
                Assert.Equal(m == 1, Math.Abs(atPole.Eastward[pole]) > 0.1);
            }
        }
    }

    private static void ForEachToTruncation(SpectralShape shape, int points, Action<int> check)
    {
        for (var m = 0; m < shape.Columns; m++)
        {
            for (var l = 0; m + l <= shape.Truncation; l++)
            {
                for (var j = 0; j < points; j++)
                    check(shape.Index(m, l) * points + j);
            }
        }
    }
}
