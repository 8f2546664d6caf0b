using Cairn.Engine.Models.Harmonics;
using TorchSharp;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>The nondivergent barotropic vorticity equation on the sphere by spherical harmonics, in the form of Bourke (1972, Mon. Wea.
/// Rev. 100, 683-689): ∂ζ/∂t = -∇·(v (ζ + f)), v = k × ∇ψ, ζ = ∇²ψ.</summary>
/// <remarks>A state is [b, m, c, l]: relative vorticity (1/s); axes as in <see cref="SphericalTransforms"/>.</remarks>
internal sealed class VorticityEquation : nn.Module<Tensor, Tensor>
{
    private readonly SphericalTransforms _transforms;
    private readonly SphericalOperators _operators;
    private readonly FieldTransforms _fields;
    private readonly Tensor _damping;
    private readonly double _seconds;

    internal VorticityEquation(BarotropicOptions options) : base(nameof(VorticityEquation))
    {
        var shape = new SpectralShape(options.Truncation);
        var (dtype, device) = (options.DType, options.Device);
        _seconds = options.Step.TotalSeconds;
        _transforms = new SphericalTransforms(shape, dtype, device);
        _operators = new SphericalOperators(shape, dtype, device);
        _fields = new FieldTransforms(shape, new InputGrid(options.Grid, options.Truncation), dtype, device);
        _damping = Tables.Place(
            Hyperdiffusion.Remaining(options.Hyperdiffusion, shape, _seconds), [shape.Columns, 1, shape.Rows], dtype, device);
        RegisterComponents();
    }

    /// <summary>One step of a state.</summary>
    public override Tensor forward(Tensor x) => RungeKutta.Step(x, _seconds, Tendency, _damping);

    /// <summary>Winds u, v (m/s) on the input grid [b, 2, latitude, longitude] to a state. Divergence drops out: only the curl is
    /// projected.</summary>
    internal Tensor Init(Tensor winds)
    {
        using var scope = NewDisposeScope();
        var waves = _fields.WavesOf(winds);
        return _fields.Curl(waves.select(2, 0), waves.select(2, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>A state to vorticity (1/s), u, v (m/s), stream function (m²/s) on the input grid [b, 4, latitude, longitude].</summary>
    internal Tensor Fields(Tensor x)
    {
        using var scope = NewDisposeScope();
        var psi = x * _operators.InverseLaplacian;
        return _fields.OnGrid(_fields.Value(x), _fields.AlongLatitude(psi), _fields.AcrossLatitude(psi), _fields.Value(psi))
            .MoveToOuterDisposeScope();
    }

    /// <summary>Minus the divergence of the flux of absolute vorticity.</summary>
    private Tensor Tendency(Tensor x)
    {
        using var scope = NewDisposeScope();
        var flux = Flux(x.unsqueeze(2));
        return _operators.Convergence(flux.narrow(2, 0, 1), flux.narrow(2, 1, 1)).squeeze(2).MoveToOuterDisposeScope();
    }

    /// <summary>U η and V η, multiplied on the Gaussian grid.</summary>
    private Tensor Flux(Tensor vorticity)
    {
        using var scope = NewDisposeScope();
        var winds = cat([_operators.Along(vorticity), _operators.Across(vorticity), vorticity.Plus(_operators.Planetary.unsqueeze(1))], 2);
        var grid = _transforms.ToGrid(winds);
        return _transforms.ToSpectra(grid.narrow(1, 0, 2) * grid.narrow(1, 2, 1)).MoveToOuterDisposeScope();
    }
}
