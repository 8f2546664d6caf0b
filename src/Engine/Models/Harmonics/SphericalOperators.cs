using TorchSharp;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>Operators that act on coefficients alone, by the ladder between neighbouring degrees (Bourke 1972, Mon. Wea. Rev. 100,
/// 683-689): winds from vorticity and divergence, the divergence of a flux, the Laplacian and the planet's rotation. Axes as in
/// <see cref="SphericalTransforms"/>.</summary>
internal sealed class SphericalOperators : nn.Module
{
    private readonly SpectralShape _shape;
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly Tensor _windAbove, _windBelow, _windTurned, _fluxAbove, _fluxBelow, _fluxTurned;
    private readonly Tensor _laplacian, _inverseLaplacian, _planetary;

    internal SphericalOperators(SpectralShape shape, ScalarType dtype, Device device, double tilt = 0) : base(nameof(SphericalOperators))
    {
        (_shape, _dtype, _device) = (shape, dtype, device);
        const double a = Earth.Radius;
        // U = a [ε(n+1) ζ(n+1) / (n+1) - ε(n) ζ(n-1) / n], V = -i m a ζ(n) / (n(n+1)): (1-μ²) dP/dμ by the ladder, ψ = -a² ζ / (n(n+1)).
        _windAbove = Above((m, n) => a * Ladder.Epsilon(n + 1, m) / (n + 1), shape.Truncation - 1);
        _windBelow = Below((m, n) => -a * Ladder.Epsilon(n, m) / n, shape.Truncation + 1);
        _windTurned = Turned((m, n) => n == 0 ? 0 : m * a / (n * (n + 1.0)));
        // dζ/dt = [-i m A(n) + (n+1) ε(n) B(n-1) - n ε(n+1) B(n+1)] / a, with A, B the integrals of U η and V η.
        _fluxAbove = Above((m, n) => -n * Ladder.Epsilon(n + 1, m) / a, shape.Truncation);
        _fluxBelow = Below((m, n) => (n + 1) * Ladder.Epsilon(n, m) / a, shape.Truncation);
        _fluxTurned = Turned((m, _) => m / a);
        _laplacian = Table(shape.Fill((_, n) => -n * (n + 1.0) / (a * a)), shape.Columns, 1, shape.Rows);
        _inverseLaplacian = Table(InverseLaplacianOf(shape), shape.Columns, 1, shape.Rows);
        _planetary = Rotation(tilt);
        RegisterComponents();
    }

    /// <summary>-n (n+1) / a², [m, 1, l].</summary>
    internal Tensor Laplacian => _laplacian;

    /// <summary>-a² / (n (n+1)), [m, 1, l]: a stream function of a vorticity.</summary>
    internal Tensor InverseLaplacian => _inverseLaplacian;

    /// <summary>The values of <see cref="InverseLaplacian"/>.</summary>
    internal static double[] InverseLaplacianOf(SpectralShape shape) =>
        shape.Fill((_, n) => n == 0 ? 0 : -Earth.Radius * Earth.Radius / (n * (n + 1.0)));

    /// <summary>Vorticity of the planet's rotation, [m, c, l].</summary>
    internal Tensor Planetary => _planetary;

    /// <summary>-(cos φ / a) ∂/∂φ of the inverse Laplacian, [b, m, k, c, l]: u cos φ of a vorticity; reaches degree T + 1.</summary>
    internal Tensor Along(Tensor x) => Climb(zeros_like(x), x, _windAbove, _windBelow);

    /// <summary>(1/a) ∂/∂λ of the inverse Laplacian, [b, m, k, c, l]: v cos φ of a vorticity, u cos φ of a divergence.</summary>
    internal Tensor Across(Tensor x)
    {
        using var turned = x.flip(-2);
        return _windTurned * turned;
    }

    /// <summary>Minus the divergence of fluxes whose components times cos φ <see cref="SphericalTransforms.ToSpectra"/> has integrated, [b,
    /// m, k, c, l].</summary>
    internal Tensor Convergence(Tensor eastward, Tensor northward)
    {
        using var turned = eastward.flip(-2);
        return Climb(_fluxTurned * turned, northward, _fluxAbove, _fluxBelow);
    }

    /// <summary>Adds to each coefficient those of the degrees above and below it, times their factors.</summary>
    private Tensor Climb(Tensor sum, Tensor x, Tensor above, Tensor below)
    {
        using var scope = NewDisposeScope();
        var links = _shape.Rows - 1;
        sum.narrow(-1, 0, links).AddProduct(above, x.narrow(-1, 1, links));
        sum.narrow(-1, 1, links).AddProduct(below, x.narrow(-1, 0, links));
        return sum;
    }

    /// <summary>Factors of the coefficient one degree higher, [m, k, c, l] for all l but the last.</summary>
    private Tensor Above(Func<int, int, double> factor, int lastDegree)
    {
        using var whole = Table(_shape.Fill(factor, lastDegree), _shape.Columns, 1, 1, _shape.Rows);
        using var links = whole.narrow(-1, 0, _shape.Rows - 1);
        return links.contiguous();
    }

    /// <summary>Factors of the coefficient one degree lower, [m, k, c, l] for all l but the first.</summary>
    private Tensor Below(Func<int, int, double> factor, int lastDegree)
    {
        using var whole = Table(
            _shape.Fill((m, n) => n == m ? 0 : factor(m, n), lastDegree), _shape.Columns, 1, 1, _shape.Rows);
        using var links = whole.narrow(-1, 1, _shape.Rows - 1);
        return links.contiguous();
    }

    /// <summary>Factors for a flipped pair (im, re): minus i times the value.</summary>
    private Tensor Turned(Func<int, int, double> factor)
    {
        var values = _shape.Fill(factor);
        double[] minus = [.. values.Select(value => -value)];
        return Table(
            [.. values.Chunk(_shape.Rows).Zip(minus.Chunk(_shape.Rows)).SelectMany(pair => pair.First.Concat(pair.Second))],
            _shape.Columns, 1, 2, _shape.Rows);
    }

    /// <summary>f = 2 Ω (sin φ cos α - cos φ cos λ sin α): sin φ = sqrt(2/3) P(1,0), cos φ = sqrt(4/3) P(1,1), and m = -1 has half of
    /// it.</summary>
    private Tensor Rotation(double tilt)
    {
        var values = new double[2 * _shape.Count];
        values[_shape.Index(0, 1)] = 2 * Earth.Rotation * Math.Cos(tilt) * Math.Sqrt(2.0 / 3.0);
        if (tilt != 0)
            values[_shape.Index(2, 0)] = -2 * Earth.Rotation * Math.Sin(tilt) * Math.Sqrt(1.0 / 3.0);
        return Table(values, _shape.Columns, 2, _shape.Rows);
    }

    private Tensor Table(double[] values, params long[] size) => Tables.Place(values, size, _dtype, _device);
}
