using TorchSharp;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>The transform method (Orszag 1970; Eliasen, Machenhauer and Rasmussen 1970): coefficients of spherical harmonics to a Gaussian
/// grid, on which fields are multiplied, and back, free of aliasing.</summary>
/// <remarks>Axes here and in the models: b member, m zonal wavenumber 0 … T, k field, c real and imaginary part, l = n - m (degree above
/// the sectoral one), j Gaussian latitude of one hemisphere. Coefficients are zero where m + l > T. Legendre functions are even about the
/// equator where l is and odd where l is odd, so that one sum over each serves both hemispheres.</remarks>
internal sealed class SphericalTransforms : nn.Module
{
    private readonly Tensor _synthesis, _analysis;
    private readonly int _columns, _half, _longitudes;

    internal SphericalTransforms(SpectralShape shape, ScalarType dtype, Device device) : base(nameof(SphericalTransforms))
    {
        var grid = new TransformGrid(shape.Truncation);
        (_columns, _half, _longitudes) = (shape.Columns, grid.HalfLatitudes, grid.Longitudes);
        var (synthesis, analysis) = ByParity(shape, grid);
        var pairs = shape.Rows / 2;
        _synthesis = Tables.Place(synthesis, [2 * _columns, pairs, _half], dtype, device);
        _analysis = Tables.Place(analysis, [2 * _columns, _half, pairs], dtype, device);
        RegisterComponents();
    }

    /// <summary>[b, m, k, c, l] to the grid [b, k, 2 j, longitude]: northern latitudes first, then their southern mirror images.</summary>
    internal Tensor ToGrid(Tensor spectra)
    {
        using var sums = NorthAndSouth(spectra);
        using var columns = sums.permute(0, 2, 4, 1, 3);
        using var pairs = columns.contiguous();
        using var waves = pairs.view_as_complex();
        return fft.irfft(waves, _longitudes, -1, FFTNormType.Forward);
    }

    /// <summary>[b, k, 2 j, longitude] to its integrals against the Legendre functions, divided by cos² φ: [b, m, k, c, l].</summary>
    internal Tensor ToSpectra(Tensor grid)
    {
        using var scope = NewDisposeScope();
        var (b, k) = (grid.size(0), grid.size(1));
        var integrals = LegendreSums.Of(EvenAndOdd(grid, b, k), _analysis).view(b, _columns, 2, k, 2, -1);
        return integrals.permute(0, 1, 3, 4, 5, 2).reshape(b, _columns, k, 2, -1).MoveToOuterDisposeScope();
    }

    /// <summary>f(m) = Σ c(n,m) P(n,m) at every latitude: [b, m, k, c, l] to [b, m, k, c, 2 j].</summary>
    private Tensor NorthAndSouth(Tensor spectra)
    {
        using var scope = NewDisposeScope();
        var (b, k) = (spectra.size(0), spectra.size(2));
        var rows = spectra.view(b, _columns, k, 2, -1, 2).permute(0, 1, 5, 2, 3, 4).reshape(b, 2 * _columns, k * 2, -1);
        var sums = LegendreSums.Of(rows, _synthesis).view(b, _columns, 2, k, 2, _half);
        var (even, odd) = (sums.select(2, 0), sums.select(2, 1));
        return cat([even.Plus(odd), even - odd], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Zonal waves of a grid as the two kinds of sum need them: [b, k, 2 j, longitude] to [b, 2 m, k c, j].</summary>
    private Tensor EvenAndOdd(Tensor grid, long b, long k)
    {
        using var scope = NewDisposeScope();
        var waves = fft.rfft(grid, -1, -1, FFTNormType.Forward).narrow(-1, 0, _columns).view_as_real();
        var rows = waves.permute(0, 3, 1, 4, 2).contiguous();
        var (north, south) = (rows.narrow(-1, 0, _half), rows.narrow(-1, _half, _half));
        return stack([north.Plus(south), north - south], 2).view(b, 2 * _columns, k * 2, _half).MoveToOuterDisposeScope();
    }

    /// <summary>P(n,m) at the grid's northern latitudes, and times w / cos² φ, by wavenumber and by parity of l.</summary>
    private static (double[] Synthesis, double[] Analysis) ByParity(SpectralShape shape, TransformGrid grid)
    {
        var functions = new LegendreTable(shape, [.. grid.SineOfLatitude.Select(Math.Acos)]).Values;
        int half = grid.HalfLatitudes, pairs = shape.Rows / 2;
        var (synthesis, analysis) = (new double[functions.Length], new double[functions.Length]);
        for (var m = 0; m < shape.Columns; m++)
        {
            for (var l = 0; l < shape.Rows; l++)
            {
                var (block, i) = ((2 * m) + (l % 2), l / 2);
                for (var j = 0; j < half; j++)
                {
                    var value = functions[(shape.Index(m, l) * half) + j];
                    var mu = grid.SineOfLatitude[j];
                    synthesis[(((block * pairs) + i) * half) + j] = value;
                    analysis[(((block * half) + j) * pairs) + i] = value * grid.Weights[j] / (1 - (mu * mu));
                }
            }
        }
        return (synthesis, analysis);
    }
}

/// <summary>Sums over degrees or latitudes, one matrix product a zonal wavenumber: the only place where members could meet. On the CPU each
/// member has products of its own, of one size, so that its bits do not depend on its batch: a BLAS chooses how to round by the
/// size.</summary>
internal static class LegendreSums
{
    /// <summary>[b, m, rows, in] times [m, in, out].</summary>
    internal static Tensor Of(Tensor rows, Tensor table)
    {
        var members = rows.size(0);
        if (members == 1)
        {
            using var only = rows.squeeze(0);
            using var sum = bmm(only, table);
            return sum.unsqueeze(0);
        }
        using var scope = NewDisposeScope();
        return (rows.device_type == DeviceType.CPU ? stack(rows.unbind(0).Select(member => bmm(member, table))) : Together(rows, table))
            .MoveToOuterDisposeScope();
    }

    private static Tensor Together(Tensor rows, Tensor table)
    {
        var (b, m, count) = (rows.size(0), rows.size(1), rows.size(2));
        var sums = bmm(rows.transpose(0, 1).reshape(m, b * count, -1), table);
        return sums.view(m, b, count, -1).transpose(0, 1).contiguous();
    }
}
