using Cairn.Engine.Models.ShallowWater;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Bench.Models;

/// <summary>The shallow-water model as a rollout steps it: a tensor in, a tensor out.</summary>
internal sealed class ShallowWaterStepping : IDisposable
{
    private readonly ShallowWaterModel _model;
    private Tensor _state;

    public ShallowWaterStepping(int points)
    {
        var plane = new ShallowWaterPlane { Columns = points, Rows = points };
        _model = new ShallowWaterModel(new ShallowWaterOptions { Plane = plane });
        using var fields = Tensors.From(ShallowWaterCases.Make(ShallowWaterCases.SineWaves, plane), 1, 3, points, points);
        _state = _model.Initialize(fields);
    }

    public double Milliseconds(int steps) => ModelSteps.Milliseconds(_model, ref _state, steps);

    public double BytesPerStep(int steps)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        ModelSteps.Take(_model, ref _state, steps);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)steps;
    }

    public void Dispose()
    {
        _state.Dispose();
        _model.Dispose();
    }
}
