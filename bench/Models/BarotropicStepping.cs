using Cairn.Engine.Models;
using Cairn.Engine.Models.Barotropic;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Bench.Models;

/// <summary>The barotropic model as a rollout steps it, begun from the Rossby-Haurwitz wave.</summary>
internal sealed class BarotropicStepping : IDisposable
{
    private readonly BarotropicModel _model;
    private Tensor _state;

    /// <param name="truncation">T, whose step is half an hour at T42 and in proportion elsewhere.</param>
    /// <param name="members">Members in the batch.</param>
    /// <param name="dtype">Element type.</param>
    public BarotropicStepping(int truncation, int members, ScalarType dtype)
    {
        var (rows, columns) = (2 * truncation, 4 * truncation);
        var grid = new LatLonGrid(
            [.. Enumerable.Range(0, rows + 1).Select(i => 90 - (i * 180.0 / rows))],
            [.. Enumerable.Range(0, columns).Select(i => i * 360.0 / columns)]);
        _model = new BarotropicModel(new BarotropicOptions
        {
            Grid = grid,
            Truncation = truncation,
            Step = TimeSpan.FromMinutes(30 * 42.0 / truncation),
            DType = dtype,
        });
        double[] winds = [.. Enumerable.Repeat(new RossbyHaurwitz().Winds(grid), members).SelectMany(w => w)];
        using var fields = Tensors.From(winds, members, 2, rows + 1, columns);
        _state = _model.Initialize(fields);
    }

    public double Milliseconds(int steps)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var step = 0; step < steps; step++)
        {
            using var before = _state;
            _state = _model.Step(before);
        }

        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / steps;
    }

    public void Dispose()
    {
        _state.Dispose();
        _model.Dispose();
    }
}
