using Cairn.Actors;
using Cairn.Engine.Models;
using Cairn.Engine.Models.Onnx;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Engine.Torch;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Cairn.Bench.Models;

/// <summary>The shipped ONNX file by the model, in a whole run, and by a bare loop over two buffers that ONNX Runtime swaps.</summary>
internal sealed class OnnxStepping : IDisposable
{
    private readonly int _rows;
    private readonly int _columns;
    private readonly string _root;
    private readonly string _scratch = Directory.CreateTempSubdirectory("cairn-bench-").FullName;
    private readonly InferenceSession _bare;
    private readonly Tensor[] _memory;
    private readonly OrtValue[] _buffers;
    private readonly OnnxModel _model;
    private readonly ScheduledOnnxModel _networks;
    private Tensor _state;
    private Tensor _states;
    private int _runs;

    public OnnxStepping(string root, int rows)
    {
        (_root, _rows, _columns) = (root, rows, 2 * (rows - 1));
        var path = Path.Combine(root, "models", "drift.onnx");
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _bare = new InferenceSession(path, options);
        long[] shape = [1, 2, _rows, _columns];
        var count = 2 * _rows * _columns;
        // In tensors, as the model's states are: where the two lie makes a tenth of a step's time.
        _memory = [.. Enumerable.Range(0, 2).Select(_ => Tensors.From(new float[count], shape))];
        _buffers = [.. _memory.Select(tensor => Over(tensor, shape))];
        var grid = new LatLonGrid(
            [.. Enumerable.Range(0, _rows).Select(i => 90 - (180.0 * i / (_rows - 1)))],
            [.. Enumerable.Range(0, _columns).Select(i => 360.0 * i / _columns)]);
        var file = new OnnxModelOptions
        {
            Path = path, Mapping = OnnxMapping.Same(["u", "v"]), Grid = grid, Step = TimeSpan.FromHours(1),
        };
        _model = OnnxModel.Open(file);
        _networks = ScheduledOnnxModel.Open(file, [new OnnxNetwork(path, TimeSpan.FromHours(4))]);
        _state = Tensors.From(new float[count], shape);
        _states = _networks.Initialize(_state);
    }

    public double BareMilliseconds(int steps)
    {
        using var plain = new Microsoft.ML.OnnxRuntime.RunOptions();
        string[] inputs = ["input"], outputs = ["output"];
        var started = TimeProvider.System.GetTimestamp();
        for (var step = 0; step < steps; step++)
            _bare.Run(plain, inputs, [_buffers[step % 2]], outputs, [_buffers[(step + 1) % 2]]);

        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / steps;
    }

    public double Milliseconds(int steps) => ModelSteps.Milliseconds(_model, ref _state, steps);

    /// <summary>The same file twice, every fourth step from the state four steps ago.</summary>
    public double ScheduledMilliseconds(int steps) => ModelSteps.Milliseconds(_networks, ref _states, steps);

    /// <summary>A run of one member, without output; a boundary every ten steps.</summary>
    public double RunMilliseconds(int steps)
    {
        var folder = Path.Combine(_scratch, $"{_runs++}");
        var spec = RunSpecReader.Read(Path.Combine(_root, "examples", "my-onnx.conf"),
        [
            $"initial.regrid.latitude=[90, -90, {_rows}]", $"initial.regrid.longitude=[0, {360 - (360.0 / _columns)}, {_columns}]",
            // On a grid this fine the model is not stable; its numbers stay finite for as long as this takes.
            "model.bounds.u=[-1e6, 1e6]", "model.bounds.v=[-1e6, 1e6]",
            "ensemble.size=1", "lead-times.every=10h", $"lead-times.count={steps / 10}", "checkpoint.flush-interval=none",
            "checkpoint.durability=none", "output=null", "output.kind=none", $"checkpoint.path={folder}",
        ]);
        var options = new Cairn.Engine.Rollouts.RunOptions();
        var result = LocalRun.RunAsync(spec, options, new RunObservers(), CancellationToken.None).GetAwaiter().GetResult();
        return result.Outcome == RunOutcome.Completed
            ? result.Elapsed.TotalMilliseconds / result.Steps
            : throw new InvalidOperationException(
                $"The run has {result.Outcome}: {string.Join("; ", result.Failures.Select(failure => failure.Error.Message))}");
    }

    public void Dispose()
    {
        _state.Dispose();
        _states.Dispose();
        _model.Dispose();
        _networks.Dispose();
        _bare.Dispose();
        Array.ForEach(_buffers, buffer => buffer.Dispose());
        Array.ForEach(_memory, tensor => tensor.Dispose());
        Directory.Delete(_scratch, recursive: true);
    }

    private static unsafe OrtValue Over(Tensor tensor, long[] shape)
    {
        var elements = tensor.Elements<float>();
        fixed (float* first = elements)
        {
            return OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, shape,
                (nint)first, (long)elements.Length * sizeof(float));
        }
    }
}
