using Cairn.Engine.Models.Harmonics;

namespace Cairn.Engine.Perturbations;

/// <summary>Isotropic gaussian noise on the sphere: a sum of spherical harmonics with independent normal coefficients whose variance
/// depends on the degree alone, so that variance and correlation are the same everywhere, at the poles as at the equator. The global mean
/// is zero.</summary>
/// <remarks>Any regular grid will do, also one that covers a part of the sphere. Degrees go as far as the grid can show and as the spectrum
/// has variance. Earth2Studio's <c>SphericalGaussian</c> and <c>CorrelatedSphericalGaussian</c> are of this kind.</remarks>
public sealed class SphericalNoise : INoise
{
    private const double Negligible = 1e-14;

    private readonly LatLonGrid _grid;
    private readonly SpectralShape _shape;
    private readonly double[] _deviations;

    /// <param name="grid">The grid, degrees.</param>
    /// <param name="spectrum">The variance by degree.</param>
    public SphericalNoise(LatLonGrid grid, SphericalSpectrum spectrum)
    {
        _grid = grid;
        Shape = (grid.Latitudes.Count, grid.Longitudes.Count);
        var degrees = Degrees(grid, spectrum);
        _shape = new SpectralShape(degrees);
        _deviations = Deviations(spectrum, degrees);
    }

    public (int Latitudes, int Longitudes) Shape { get; }

    /// <summary>The highest degree of the sum.</summary>
    public int Truncation => _shape.Truncation;

    /// <summary>Two for each harmonic but the zonal ones, without degree 0.</summary>
    public int Numbers => ((Truncation + 1) * (Truncation + 1)) - 1;

    public IReadOnlyList<double[]> Fields(IReadOnlyList<double[]> numbers)
    {
        var waves = Waves();
        var fields = numbers.Select(_ => new double[Shape.Latitudes * Shape.Longitudes]).ToList();
        for (var row = 0; row < Shape.Latitudes; row++)
        {
            // The functions of one latitude serve every field; all latitudes at once would fill gigabytes on a fine grid.
            var legendre = new LegendreTable(_shape, [Math.PI / 180 * (90 - _grid.Latitudes[row])]).Values;
            for (var i = 0; i < fields.Count; i++)
                Sum(numbers[i], legendre, waves, fields[i].AsSpan(row * Shape.Longitudes, Shape.Longitudes));
        }
        return fields;
    }

    /// <summary>The numbers come by order m and, within it, by degree; those of the cosine before those of the sine.</summary>
    private void Sum(double[] numbers, double[] legendre, double[][] waves, Span<double> row)
    {
        var at = 0;
        for (var m = 0; m <= Truncation; m++)
        {
            for (var part = 0; part < (m == 0 ? 1 : 2); part++)
            {
                var amplitude = 0d;
                for (var degree = Math.Max(m, 1); degree <= Truncation; degree++)
                    amplitude += numbers[at++] * _deviations[degree] * legendre[_shape.Index(m, degree - m)];
                var wave = waves[(2 * m) + part];
                for (var k = 0; k < row.Length; k++)
                    row[k] += amplitude * wave[k];
            }
        }
    }

    /// <summary>Cosine and sine of m times longitude, by turns, orthonormal over the circle.</summary>
    private double[][] Waves()
    {
        var radians = _grid.Longitudes.Select(degrees => Math.PI / 180 * degrees).ToArray();
        var waves = new double[2 * (Truncation + 1)][];
        for (var m = 0; m <= Truncation; m++)
        {
            var norm = Math.Sqrt((m == 0 ? 0.5 : 1) / Math.PI);
            waves[2 * m] = [.. radians.Select(angle => norm * Math.Cos(m * angle))];
            waves[(2 * m) + 1] = [.. radians.Select(angle => norm * Math.Sin(m * angle))];
        }
        return waves;
    }

    /// <summary>Standard deviations of the coefficients by degree, scaled for a variance of one at every point.</summary>
    private static double[] Deviations(SphericalSpectrum spectrum, int degrees)
    {
        var variances = Enumerable.Range(0, degrees + 1).Select(l => l == 0 ? 0 : spectrum.Variance(l)).ToList();
        var total = variances.Select((variance, l) => variance * ((2 * l) + 1) / (4 * Math.PI)).Sum();
        return [.. variances.Select(variance => Math.Sqrt(variance / total))];
    }

    private static int Degrees(LatLonGrid grid, SphericalSpectrum spectrum)
    {
        var spacing = Math.Max(Spacing(grid.Latitudes), Spacing(grid.Longitudes));
        var finest = Math.Max(1, (int)Math.Floor(180 / spacing));
        var strongest = Enumerable.Range(1, finest).Max(l => Share(spectrum, l));
        return Enumerable.Range(1, finest).Last(l => Share(spectrum, l) >= Negligible * strongest);
    }

    private static double Share(SphericalSpectrum spectrum, int degree) => spectrum.Variance(degree) * ((2 * degree) + 1);

    private static double Spacing(IReadOnlyList<double> degrees) =>
        degrees.Count < 2 ? 180 : Math.Abs(degrees[^1] - degrees[0]) / (degrees.Count - 1);
}

/// <summary>Noise with a Matérn spectrum in a spec.</summary>
internal sealed class SphericalGaussianKind() : NoiseKind("spherical-gaussian", "isotropic on the sphere, with a Matérn spectrum")
{
    public override Func<SettingReader, NoiseSpec> Declare(SettingSection<NoiseSpec> section)
    {
        var smoothness = section.Add(
            "smoothness", Number("an exponent above 1", v => v > 1), n => n.Smoothness, usual: Usual.Smoothness, shapes: Shaping.Numbers,
            help: "The exponent of the Matérn spectrum, above 1; more is smoother.");
        var inverseLength = section.Add(
            "inverse-length", Number("a number above 0, per radian of arc", v => v > 0), n => n.InverseLength, usual: Usual.InverseLength,
            unit: "1/rad", shapes: Shaping.Numbers, help: "One over the width of the structures.");
        return reader => new NoiseSpec { Kind = Word, Smoothness = reader.Get(smoothness), InverseLength = reader.Get(inverseLength) };
    }

    public override INoise Create(NoiseSpec spec, LatLonGrid grid) =>
        new SphericalNoise(grid, new SphericalSpectrum.Matern(spec.Smoothness, spec.InverseLength));
}

/// <summary>Noise with a correlation length in a spec.</summary>
internal sealed class CorrelatedSphericalGaussianKind() : NoiseKind(
    "correlated-spherical-gaussian", "isotropic on the sphere, with a correlation length")
{
    public override Func<SettingReader, NoiseSpec> Declare(SettingSection<NoiseSpec> section)
    {
        var length = section.Add(
            "length-scale-km", Number("a length in km, from 1 to 20000", v => v is >= 1 and <= 20_000), n => n.LengthScaleKm,
            usual: Usual.LengthScaleKm, unit: "km", shapes: Shaping.Numbers, help: "The correlation length.");
        return reader => new NoiseSpec { Kind = Word, LengthScaleKm = reader.Get(length) };
    }

    public override INoise Create(NoiseSpec spec, LatLonGrid grid) =>
        new SphericalNoise(grid, new SphericalSpectrum.Gaussian(spec.LengthScaleKm));
}

/// <summary>How the variance of an isotropic random field on the sphere falls with the degree of its spherical harmonics.</summary>
public abstract record SphericalSpectrum
{
    /// <summary>The mean radius that lengths refer to, km.</summary>
    public const double EarthRadiusKm = 6371;

    private protected SphericalSpectrum() { }

    /// <summary>The variance of a coefficient of degree <paramref name="degree"/> (at least 1), up to a common factor.</summary>
    public abstract double Variance(int degree);

    /// <summary>Matérn: <c>(l (l + 1) + tau²)^-alpha</c>, the spectrum of <c>(-Laplace + tau²)^-alpha</c> on the unit sphere (Lindgren, Rue
    /// and Lindström 2011, J. R. Stat. Soc. B 73, 423-498).</summary>
    /// <param name="Smoothness">The exponent alpha, above 1: more is smoother.</param>
    /// <param name="InverseLength">tau, above 0: structures are about 1 / tau radians wide.</param>
    public sealed record Matern(double Smoothness, double InverseLength) : SphericalSpectrum
    {
        public override double Variance(int degree) =>
            Math.Pow((degree * (degree + 1.0)) + (InverseLength * InverseLength), -Smoothness);
    }

    /// <summary>That of the heat kernel, <c>exp(-l (l + 1) t)</c> with <c>t = (length / radius)² / 2</c>: the correlation at distance d is
    /// about <c>exp(-d² / (2 length²))</c>, 0.61 at one length (Palmer et al. 2009, ECMWF Technical Memorandum 598, of stochastic
    /// physics).</summary>
    /// <param name="LengthScaleKm">The correlation length, km.</param>
    public sealed record Gaussian(double LengthScaleKm) : SphericalSpectrum
    {
        public override double Variance(int degree)
        {
            var angle = LengthScaleKm / EarthRadiusKm;
            return Math.Exp(-degree * (degree + 1.0) * angle * angle / 2);
        }
    }
}
