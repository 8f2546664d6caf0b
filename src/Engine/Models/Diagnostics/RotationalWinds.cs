using Cairn.Engine.Models.Harmonics;
using TorchSharp;

namespace Cairn.Engine.Models.Diagnostics;

/// <summary>The nondivergent wind of a relative vorticity on the sphere: the stream function solves ∇²ψ = ζ by spherical harmonics, and u =
/// -(1/a) ∂ψ/∂φ, v = 1/(a cos φ) ∂ψ/∂λ. ζ in 1/s, u and v in m/s.</summary>
/// <remarks>The grid's longitudes go once around the globe, eastward and equally spaced; its latitudes, in either order, are Gaussian, or
/// equally spaced with both poles. The tables and the way back to the grid are the barotropic model's own. A mean of the vorticity over the
/// sphere, which no wind has, is left out. Members are worked out one by one, so that their bits never depend on the batch.</remarks>
public sealed class RotationalWinds : IDiagnosticModel
{
    /// <summary>Its kind in a spec.</summary>
    public const string Kind = "winds";

    private readonly RotationalWindOperator _winds;

    /// <param name="options">Variables are the vorticity, outputs the eastward and the northward wind.</param>
    /// <param name="truncation">The largest total wavenumber that is kept; by default the largest that the grid holds.</param>
    /// <exception cref="SpecException">The grid is not global and regular, or too coarse for the truncation; or there are more or fewer
    /// variables or outputs.</exception>
    public RotationalWinds(DiagnosticOptions options, int? truncation = null)
    {
        options.Require(Kind, 1, 2, "one vorticity, and the two components of the wind");
        var kept = truncation ?? InputGrid.LargestTruncation(options.Grid);
        _winds = new RotationalWindOperator(options.Grid, kept, options.DType, options.Device);
        Description = options.Describe(
            Kind, dependsOnBatch: false, "winds: stream function by spherical harmonics, version 2",
            FormattableString.Invariant($"truncation = {kept}"));
    }

    public DiagnosticDescription Description { get; }

    public Tensor Diagnose(Tensor fields)
    {
        using var scope = NewDisposeScope();
        return cat([.. fields.split(1).Select(_winds.call)]).MoveToOuterDisposeScope();
    }

    public void Dispose() => _winds.Dispose();
}

/// <summary>Winds of a vorticity that is given on a grid: its projection, then the barotropic model's own way from coefficients to fields.
/// [b, 1, latitude, longitude] to [b, 2 (u, v), latitude, longitude].</summary>
internal sealed class RotationalWindOperator : nn.Module<Tensor, Tensor>
{
    private readonly FieldTransforms _fields;
    private readonly Tensor _inverseLaplacian;

    internal RotationalWindOperator(LatLonGrid grid, int truncation, ScalarType dtype, Device device)
        : base(nameof(RotationalWindOperator))
    {
        var shape = new SpectralShape(truncation);
        _fields = new FieldTransforms(shape, new InputGrid(grid, truncation), dtype, device);
        _inverseLaplacian = Tables.Place(SphericalOperators.InverseLaplacianOf(shape), [shape.Columns, 1, shape.Rows], dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor vorticity)
    {
        using var scope = NewDisposeScope();
        var psi = _fields.Analyse(_fields.WavesOf(vorticity).select(2, 0)) * _inverseLaplacian;
        return _fields.OnGrid(_fields.AlongLatitude(psi), _fields.AcrossLatitude(psi)).MoveToOuterDisposeScope();
    }
}
