namespace Cairn.Engine.Perturbations;

/// <summary>Reddened noise on the plane of the grid's rows and columns: white noise whose Fourier coefficients are divided by <c>|k|^r +
/// |l|^r</c>, k and l in cycles per grid point; the mean is taken out. With r = 2 the spectrum falls as that of Brownian motion.</summary>
/// <remarks>The grid is taken as doubly periodic and flat: structures shrink in the east-west towards the poles, and the first and the last
/// row are neighbours. <see cref="SphericalNoise"/> knows the sphere. Earth2Studio's <c>Brown</c> is of this kind.</remarks>
public sealed class BrownNoise : INoise
{
    private readonly double[] _response;

    /// <param name="grid">The grid.</param>
    /// <param name="reddening">The exponent r, above 0.</param>
    public BrownNoise(LatLonGrid grid, double reddening)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(reddening);
        Shape = (grid.Latitudes.Count, grid.Longitudes.Count);
        _response = Response(Shape.Latitudes, Shape.Longitudes, reddening);
    }

    public (int Latitudes, int Longitudes) Shape { get; }
    public int Numbers => Shape.Latitudes * Shape.Longitudes;

    public IReadOnlyList<double[]> Fields(IReadOnlyList<double[]> numbers)
    {
        using var response = Tensors.From(_response, Shape.Latitudes, (Shape.Longitudes / 2) + 1);
        return [.. numbers.Select(white => Redden(response, white))];
    }

    private double[] Redden(Tensor response, double[] white)
    {
        using var scope = NewDisposeScope();
        var plane = Tensors.From(white, Shape.Latitudes, Shape.Longitudes);
        return fft.irfft2(fft.rfft2(plane) * response, [Shape.Latitudes, Shape.Longitudes]).ToArray<double>();
    }

    /// <summary>The half plane of a real transform, scaled so that white noise of variance one keeps it.</summary>
    private static double[] Response(int latitudes, int longitudes, double reddening)
    {
        var columns = (longitudes / 2) + 1;
        var response = new double[latitudes * columns];
        var power = 0d;
        for (var row = 0; row < latitudes; row++)
        {
            var k = Math.Min(row, latitudes - row) / (double)latitudes;
            for (var column = row == 0 ? 1 : 0; column < columns; column++)
            {
                var value = 1 / (Math.Pow(k, reddening) + Math.Pow(column / (double)longitudes, reddening));
                response[(row * columns) + column] = value;
                // Columns but the first, and the last of an even row, stand for two of the whole plane.
                power += value * value * (column == 0 || 2 * column == longitudes ? 1 : 2);
            }
        }
        var scale = Math.Sqrt(latitudes * (double)longitudes / power);
        return [.. response.Select(value => value * scale)];
    }
}

/// <summary>Brown noise in a spec.</summary>
internal sealed class BrownNoiseKind() : NoiseKind(Name, "reddened on the plane of the grid")
{
    /// <summary>Its word.</summary>
    public const string Name = "brown";

    public override Func<SettingReader, NoiseSpec> Declare(SettingSection<NoiseSpec> section)
    {
        var reddening = section.Add(
            "reddening", Number("an exponent above 0", v => v > 0), n => n.Reddening, usual: Usual.Reddening, shapes: Shaping.Numbers,
            help: "The power of the wave number that Fourier coefficients are divided by.");
        return reader => new NoiseSpec { Kind = Name, Reddening = reader.Get(reddening) };
    }

    public override INoise Create(NoiseSpec spec, LatLonGrid grid) => new BrownNoise(grid, spec.Reddening);
}
