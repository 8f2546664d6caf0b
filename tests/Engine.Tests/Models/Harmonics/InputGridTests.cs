namespace Cairn.Engine.Tests.Models.Harmonics;

public sealed class InputGridTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Equally_spaced_rows_integrate_every_wave_that_they_can_tell_apart(bool southFirst)
    {
        const int Rows = 19;
        var rule = LatitudeRule.For(Grids.Latitudes(Rows, southFirst));
        var quadrature = rule.Quadrature(Rows - 2);

        // Winds of odd wavenumber are cosine series and meet cosine series, of even wavenumber sine series.
        for (var m = 0; m < 2; m++)
        {
            Func<double, double> wave = m == 1 ? Math.Cos : Math.Sin;
            double[] atPoints = [.. quadrature.Colatitudes.Select((c, g) => quadrature.Weights[g] * wave(2 * c))];
            var atRows = new double[Rows];
            quadrature.Fold(atPoints, m, atRows);
            for (var k = 0; k <= Rows - 2; k++)
            {
                var found = rule.Colatitudes.Select((c, j) => atRows[j] * wave(k * c)).Sum();
                Assert.Equal(Integral(c => wave(k * c) * wave(2 * c)), found, 1e-13);
            }
        }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(33)]
    public void Gaussian_rows_are_recognised_in_either_order_and_from_rounded_text(int rows)
    {
        double[] latitudes = [.. new GaussianQuadrature(rows).Nodes.Select(x => Math.Round(double.RadiansToDegrees(Math.Asin(x)), 4))];

        var northFirst = LatitudeRule.For(latitudes);
        var southFirst = LatitudeRule.For([.. latitudes.Reverse()]);

        Assert.IsType<GaussianLatitudes>(northFirst);
        Assert.Equal(rows - 1, northFirst.LargestTruncation);
        Assert.Equal(northFirst.Colatitudes.Reverse(), southFirst.Colatitudes);
    }

    [Fact]
    public void Uneven_latitudes_are_refused_with_what_would_do()
    {
        var error = Assert.Throws<SpecException>(() => LatitudeRule.For([-90, -40, 0, 45, 90]));

        Assert.Contains("5 latitudes (-90, -40, … 90) are neither", error.Message, StringComparison.Ordinal);
        Assert.Contains("equally spaced from pole to pole nor Gaussian", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1)]
    public void Longitudes_that_do_not_go_once_around_are_refused(double place)
    {
        double[] longitudes = [.. Grids.Longitudes(36, 0)];
        longitudes[7] += place;

        var error = Assert.Throws<SpecException>(() => new InputGrid(new LatLonGrid(Grids.Latitudes(19, true), longitudes), 5));

        Assert.Contains("Longitude 7 of the input grid", error.Message, StringComparison.Ordinal);
        Assert.Contains("expected 70", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncation_beyond_the_grid_is_refused_naming_both()
    {
        var grid = Grids.Regular(37, 72);

        var error = Assert.Throws<SpecException>(() => new InputGrid(grid, 42));

        Assert.Contains("T42 does not fit the input grid 37 x 72", error.Message, StringComparison.Ordinal);
        Assert.Contains("Set the truncation to 35 or less", error.Message, StringComparison.Ordinal);
    }

    private static double Integral(Func<double, double> f)
    {
        var rule = new GaussianQuadrature(400);
        return rule.Nodes.Select((x, g) => rule.Weights[g] * f(Math.Acos(x))).Sum();
    }
}
