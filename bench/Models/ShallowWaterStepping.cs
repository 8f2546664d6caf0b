using Cairn.Engine.Models.ShallowWater;
using Cairn.Engine.Torch;

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
        using var fields = Tensor.From(ShallowWaterCases.Make(ShallowWaterCases.SineWaves, plane), 1, 3, points, points);
        _state = _model.Initialize(fields);
    }

    public double Milliseconds(int steps)
    {
        var started = TimeProvider.System.GetTimestamp();
        Step(steps);
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / steps;
    }

    public double BytesPerStep(int steps)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step(steps);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)steps;
    }

    public void Dispose()
    {
        _state.Dispose();
        _model.Dispose();
    }

    private void Step(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            var next = _model.Step(_state);
            _state.Dispose();
            _state = next;
        }
    }
}
