namespace Cairn.Engine.Tests.Perturbations;

/// <summary>The structure of noise in space, measured over many fields.</summary>
public sealed class NoiseTests
{
    private const int Fields = 400;

    private static readonly LatLonGrid Globe = new(
        [.. Enumerable.Range(0, 37).Select(row => 90 - (5.0 * row))], [.. Enumerable.Range(0, 72).Select(column => 5.0 * column)]);

    public static TheoryData<string> Spherical => ["matern", "gaussian"];

    [Theory]
    [MemberData(nameof(Spherical))]
    public void Noise_on_the_sphere_has_mean_zero_and_variance_one_at_the_poles_as_at_the_equator(string spectrum)
    {
        var fields = Draw(On(Globe, spectrum), seed: 1);

        // The mean square over the fields at one point has a standard error of sqrt(2 / 400) = 0.07.
        foreach (var row in new[] { 0, 1, 9, 18, 27, 36 })
        {
            foreach (var column in new[] { 0, 17, 36, 55 })
            {
                var values = fields.Select(field => field[(row * 72) + column]).ToList();
                Assert.InRange(values.Average(), -0.25, 0.25);
                Assert.InRange(values.Average(value => value * value), 0.65, 1.35);
            }
        }
    }

    [Fact]
    public void At_a_pole_all_longitudes_are_one_point()
    {
        var field = Draw(On(Globe, "gaussian"), seed: 2)[0];

        Assert.All(field[..72], value => Assert.Equal(field[0], value, 9));
        Assert.All(field[^72..], value => Assert.Equal(field[^1], value, 9));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(2000)]
    public void The_correlation_falls_as_the_length_scale_says(double lengthKm)
    {
        var fields = Draw(new SphericalNoise(Globe, new SphericalSpectrum.Gaussian(lengthKm)), seed: 3);
        const double kmPerDegree = Math.PI * SphericalSpectrum.EarthRadiusKm / 180;

        // Along the equator, where a column is five degrees; the heat kernel is a gaussian up to the sphere's curvature.
        for (var columns = 1; columns * 5 * kmPerDegree < 2 * lengthKm; columns++)
        {
            var distance = columns * 5 * kmPerDegree;
            Assert.InRange(
                Correlation(fields, columns) - Math.Exp(-distance * distance / (2 * lengthKm * lengthKm)), -0.06, 0.06);
        }
    }

    [Fact]
    public void A_matern_field_follows_its_own_correlation_function()
    {
        // The covariance of an isotropic field is the sum of variance(l) (2 l + 1) P(l, cos d).
        var spectrum = new SphericalSpectrum.Matern(2, 3);
        var noise = new SphericalNoise(Globe, spectrum);
        var fields = Draw(noise, seed: 4);

        foreach (var columns in new[] { 2, 6, 12, 18 })
            Assert.InRange(Correlation(fields, columns) - Expected(spectrum, noise.Truncation, 5.0 * columns), -0.08, 0.08);
    }

    [Fact]
    public void A_part_of_the_globe_gets_the_same_field_as_the_globe()
    {
        var part = new LatLonGrid([.. Globe.Latitudes.Skip(5).Take(9)], [.. Globe.Longitudes.Skip(20).Take(7)]);
        var whole = Draw(On(Globe, "gaussian"), seed: 5)[0];
        var box = Draw(On(part, "gaussian"), seed: 5)[0];

        Assert.Equal(Enumerable.Range(0, 63).Select(i => whole[((5 + (i / 7)) * 72) + 20 + (i % 7)]), box);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Brown_noise_has_variance_one_and_a_spectrum_that_falls_with_the_reddening(double reddening)
    {
        // The even and the odd extents, since the transform's last column differs.
        foreach (var columns in new[] { 36, 37 })
        {
            var grid = new LatLonGrid([.. Globe.Latitudes], [.. Enumerable.Range(0, columns).Select(i => 10.0 * i)]);
            var fields = Draw(new BrownNoise(grid, reddening), seed: 6);

            Assert.InRange(fields.Average(field => field.Average(value => value * value)), 0.9, 1.1);
            Assert.All(fields.Take(10), field => Assert.Equal(0, field.Average(), 9));
            // Of the waves along a circle of latitude alone, amplitude falls as k to the minus reddening.
            var ratio = ZonalPower(fields, 37, columns, 2) / ZonalPower(fields, 37, columns, 4);
            Assert.InRange(ratio / Math.Pow(2, 2 * reddening), 0.75, 1.33);
        }
    }

    [Fact]
    public void A_field_does_not_depend_on_the_others_drawn_with_it()
    {
        foreach (INoise noise in new INoise[] { On(Globe, "matern"), new BrownNoise(Globe, 2), new WhiteNoise(Globe) })
        {
            var numbers = Numbers(noise.Numbers, 3, seed: 7);
            Assert.Equal(noise.Fields(numbers)[2], noise.Fields([numbers[2]])[0]);
        }
    }

    private static SphericalNoise On(LatLonGrid grid, string spectrum) => new(
        grid, spectrum == "matern" ? new SphericalSpectrum.Matern(2, 3) : new SphericalSpectrum.Gaussian(1500));

    private static List<double[]> Draw(INoise noise, ulong seed) => [.. noise.Fields(Numbers(noise.Numbers, Fields, seed))];

    private static List<double[]> Numbers(int count, int fields, ulong seed)
    {
        using var generator = MemberGenerator.FromSeed(seed, 0);
        return [.. Enumerable.Range(0, fields).Select(_ =>
        {
            using var drawn = randn([count], ScalarType.Float64, generator: generator);
            return drawn.ToArray<double>();
        })];
    }

    /// <summary>Between points so many columns apart on the equator, over all fields and columns.</summary>
    private static double Correlation(List<double[]> fields, int columns)
    {
        var (both, own) = (0d, 0d);
        foreach (var field in fields)
        {
            var equator = field.AsSpan(18 * 72, 72);
            for (var i = 0; i < 72; i++)
            {
                both += equator[i] * equator[(i + columns) % 72];
                own += equator[i] * equator[i];
            }
        }
        return both / own;
    }

    private static double Expected(SphericalSpectrum spectrum, int truncation, double degrees)
    {
        var x = Math.Cos(degrees * Math.PI / 180);
        var (covariance, variance, before, legendre) = (0d, 0d, 1d, x);
        for (var l = 1; l <= truncation; l++)
        {
            var share = spectrum.Variance(l) * ((2 * l) + 1);
            covariance += share * legendre;
            variance += share;
            (before, legendre) = (legendre, ((((2 * l) + 1) * x * legendre) - (l * before)) / (l + 1));
        }
        return covariance / variance;
    }

    /// <summary>The mean power of wave number k along longitude and 0 along latitude.</summary>
    private static double ZonalPower(List<double[]> fields, int rows, int columns, int k) => fields.Average(field =>
    {
        var (cosine, sine) = (0d, 0d);
        for (var i = 0; i < rows * columns; i++)
        {
            var angle = 2 * Math.PI * k * (i % columns) / columns;
            cosine += field[i] * Math.Cos(angle);
            sine += field[i] * Math.Sin(angle);
        }
        return (cosine * cosine) + (sine * sine);
    });
}
