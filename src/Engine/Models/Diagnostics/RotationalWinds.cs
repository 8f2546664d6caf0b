using Cairn.Engine.Models.Harmonics;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Diagnostics;

/// <summary>
/// The nondivergent wind of a relative vorticity on the sphere: the stream function solves ∇²ψ = ζ by spherical harmonics, and
/// u = -(1/a) ∂ψ/∂φ, v = 1/(a cos φ) ∂ψ/∂λ. ζ in 1/s, u and v in m/s.
/// </summary>
/// <remarks>
/// The grid's longitudes go once around the globe, eastward and equally spaced; its latitudes, in either order, are Gaussian, or equally
/// spaced with both poles. The tables and the way back to the grid are the barotropic model's own. A mean of the vorticity over the sphere,
/// which no wind has, is left out. Members are worked out one by one, so that their bits never depend on the batch.
/// </remarks>
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
        ArgumentNullException.ThrowIfNull(options);
        options.Require(Kind, 1, 2, "one vorticity, and the two components of the wind");
        var kept = truncation ?? InputGrid.LargestTruncation(options.Grid);
        _winds = new RotationalWindOperator(options.Grid, kept, options.DType, options.Device);
        Description = options.Describe(
            Kind, dependsOnBatch: false, "winds: stream function by spherical harmonics, version 2",
            FormattableString.Invariant($"truncation = {kept}"));
    }

    public DiagnosticDescription Description { get; }

    /// <inheritdoc/>
    public Tensor Diagnose(Tensor fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        using var scope = NewDisposeScope();
        return cat([.. fields.split(1).Select(_winds.call)]).MoveToOuterDisposeScope();
    }

    public void Dispose() => _winds.Dispose();
}
