using Cairn.Engine.Models.Harmonics;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Diagnostics;

/// <summary>
/// Winds of a vorticity that is given on a grid: its projection, then the barotropic model's own way from coefficients to fields.
/// [b, 1, latitude, longitude] to [b, 2 (u, v), latitude, longitude].
/// </summary>
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
