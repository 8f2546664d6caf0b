using Cairn.Engine.Models.Harmonics;
using TorchSharp;

namespace Cairn.Engine.Models.SphericalShallowWater;

/// <summary>
/// The shallow-water equations on the sphere in vorticity and divergence, by spherical harmonics (Bourke 1972, Mon. Wea. Rev. 100,
/// 683-689; Hack and Jakob 1992, NCAR Technical Note TN-343):
/// ∂ζ/∂t = -∇·(v (ζ + f)),
/// ∂δ/∂t = k·∇×(v (ζ + f)) - ∇²(Φ + ½ v²),
/// ∂Φ/∂t = -∇·(v Φ).
/// </summary>
/// <remarks>
/// A state is [b, m, k, c, l], k: relative vorticity ζ, divergence δ (1/s), geopotential Φ of the free surface (m²/s²);
/// axes as in <see cref="SphericalTransforms"/>.
/// </remarks>
internal sealed class LayerEquations : nn.Module<Tensor, Tensor>
{
    private readonly SphericalTransforms _transforms;
    private readonly SphericalOperators _operators;
    private readonly FieldTransforms _fields;
    private readonly Tensor _damping, _meanGeopotential, _cosineSquared, _rowWeights;
    private readonly double _seconds;

    internal LayerEquations(SphericalShallowWaterOptions options) : base(nameof(LayerEquations))
    {
        var (dtype, device) = (options.DType, options.Device);
        var shape = new SpectralShape(options.Truncation);
        var grid = new TransformGrid(options.Truncation);
        _seconds = options.Step.TotalSeconds;
        _transforms = new SphericalTransforms(shape, dtype, device);
        _operators = new SphericalOperators(shape, dtype, device, double.DegreesToRadians(options.Tilt));
        _fields = new FieldTransforms(shape, new InputGrid(options.Grid, options.Truncation), dtype, device);
        _damping = Tables.Place(
            Hyperdiffusion.Remaining(options.Hyperdiffusion, shape, _seconds), [shape.Columns, 1, 1, shape.Rows], dtype, device);
        var mean = new double[2 * shape.Count];
        // P(0,0) = sqrt(1/2).
        mean[0] = Earth.Gravity * options.MeanHeight * Math.Sqrt(2);
        _meanGeopotential = Tables.Place(mean, [shape.Columns, 2, shape.Rows], dtype, device);
        // For means over the sphere, on the rows of the Gaussian grid: northern ones, then their mirror images.
        double[] cosines = [.. Twice(grid.SineOfLatitude.Select(sine => 1 - (sine * sine)))];
        double[] weights = [.. Twice(grid.Weights.Select(weight => weight / 2))];
        _cosineSquared = Tables.Place(cosines, [cosines.Length, 1], dtype, device);
        _rowWeights = Tables.Place(weights, [weights.Length], dtype, device);
        RegisterComponents();
    }

    private static IEnumerable<double> Twice(IEnumerable<double> values) => values.Concat(values);

    /// <summary>One step of a state.</summary>
    public override Tensor forward(Tensor x) => RungeKutta.Step(x, _seconds, Tendency, _damping);

    /// <summary>Winds u, v (m/s) and the height h (m) on the input grid [b, 3, latitude, longitude] to a state. Without h, of the winds the
    /// rotational part, and the height that balances it.</summary>
    internal Tensor Init(Tensor fields)
    {
        using var scope = NewDisposeScope();
        var waves = _fields.WavesOf(fields);
        var (u, v) = (waves.select(2, 0), waves.select(2, 1));
        var vorticity = _fields.Curl(u, v);
        var state = fields.shape[1] == 2
            ? Balanced(vorticity)
            : stack([vorticity, _fields.Curl(-v, u), _fields.Analyse(waves.select(2, 2)).Times(Earth.Gravity)], 2);
        return state.MoveToOuterDisposeScope();
    }

    /// <summary>A state to u, v (m/s), h (m), vorticity, divergence (1/s) on the input grid [b, 5, latitude, longitude].</summary>
    internal Tensor Fields(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (vorticity, divergence, geopotential) = (x.select(2, 0), x.select(2, 1), x.select(2, 2));
        var (psi, chi) = (vorticity * _operators.InverseLaplacian, divergence * _operators.InverseLaplacian);
        var u = _fields.AlongLatitude(psi).Plus(_fields.AcrossLatitude(chi));
        var v = _fields.AcrossLatitude(psi) - _fields.AlongLatitude(chi);
        var h = _fields.Value(geopotential).Times(1 / Earth.Gravity);
        return _fields.OnGrid(u, v, h, _fields.Value(vorticity), _fields.Value(divergence)).MoveToOuterDisposeScope();
    }

    /// <summary>Means over the sphere, [b, 3]: depth (m), energy h (u² + v² + g h) / 2 (m³/s²), potential enstrophy (ζ + f)² / (2 h) (1/(m
    /// s²)).</summary>
    internal Tensor Totals(Tensor x)
    {
        using var scope = NewDisposeScope();
        var grid = _transforms.ToGrid(Winds(x));
        var (u, v, absolute, depth) = (grid.select(1, 0), grid.select(1, 1), grid.select(1, 2), grid.select(1, 3).Times(1 / Earth.Gravity));
        var energy = ((u * u).Plus(v * v) / _cosineSquared).Plus(depth, Earth.Gravity) * depth.Times(0.5);
        var values = stack([depth, energy, (absolute * absolute / depth).Times(0.5)], 1);
        return (values.mean([-1]) * _rowWeights).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Fluxes of absolute vorticity give vorticity their convergence and divergence their curl; the flux of depth gives depth its
    /// convergence; energy drives divergence by minus its Laplacian.</summary>
    private Tensor Tendency(Tensor x)
    {
        using var scope = NewDisposeScope();
        var flux = Fluxes(x);
        var (uVorticity, vVorticity) = (flux.select(2, 0), flux.select(2, 1));
        var eastward = stack([uVorticity, -vVorticity, flux.select(2, 2)], 2);
        var northward = stack([vVorticity, uVorticity, flux.select(2, 3)], 2);
        var changes = _operators.Convergence(eastward, northward);
        var energy = flux.select(2, 4).Plus(x.select(2, 2));
        var divergence = changes.select(2, 1) - (_operators.Laplacian * energy);
        return stack([changes.select(2, 0), divergence, changes.select(2, 2)], 2).MoveToOuterDisposeScope();
    }

    /// <summary>U η, V η, U Φ, V Φ and ½ (U² + V²), multiplied on the Gaussian grid.</summary>
    private Tensor Fluxes(Tensor x)
    {
        using var scope = NewDisposeScope();
        var grid = _transforms.ToGrid(Winds(x));
        var (wind, u, v) = (grid.narrow(1, 0, 2), grid.narrow(1, 0, 1), grid.narrow(1, 1, 1));
        var products = cat([wind * grid.narrow(1, 2, 1), wind * grid.narrow(1, 3, 1), (u * u).Plus(v * v).Times(0.5)], 1);
        return _transforms.ToSpectra(products).MoveToOuterDisposeScope();
    }

    /// <summary>U = u cos φ, V = v cos φ, absolute vorticity and geopotential, [b, m, k, c, l].</summary>
    private Tensor Winds(Tensor x)
    {
        using var scope = NewDisposeScope();
        var rotation = x.narrow(2, 0, 2);
        var (along, across) = (_operators.Along(rotation), _operators.Across(rotation));
        var (u, v) = (along.select(2, 0).Plus(across.select(2, 1)), across.select(2, 0) - along.select(2, 1));
        return stack([u, v, x.select(2, 0).Plus(_operators.Planetary), x.select(2, 2)], 2).MoveToOuterDisposeScope();
    }

    /// <summary>A state without divergence whose geopotential, of the given mean, lets none begin: the nonlinear balance equation (Charney
    /// 1955).</summary>
    private Tensor Balanced(Tensor vorticity)
    {
        using var scope = NewDisposeScope();
        var none = zeros_like(vorticity);
        var mean = none.Plus(_meanGeopotential);
        var push = Tendency(stack([vorticity, none, mean], 2)).select(2, 1);
        return stack([vorticity, none, mean.Plus(_operators.InverseLaplacian * push)], 2).MoveToOuterDisposeScope();
    }
}
