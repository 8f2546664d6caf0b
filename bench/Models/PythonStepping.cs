using System.Diagnostics;
using System.Globalization;
using Cairn.Engine.Models;
using Cairn.Engine.Models.Python;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Bench.Models;

/// <summary>A Python class by the model, and by a loop over two arrays in a Python of its own.</summary>
internal sealed class PythonStepping : IDisposable
{
    private const int StepsPerBoundary = 20;
    private const string Interpreter = "/usr/bin/python3";
    private readonly int _rows;
    private readonly int _columns;
    private readonly string _folder;
    private readonly PythonModel _model;
    private Tensor _state;

    public PythonStepping(string root, int rows, int columns)
    {
        (_folder, _rows, _columns) = (Path.Combine(root, "bench", "Models"), rows, columns);
        _model = PythonModel.Open(new PythonModelOptions
        {
            Class = "damped:Damped",
            Folders = [_folder],
            Interpreter = Interpreter,
            InputVariables = ["u", "v"],
            OutputVariables = ["u", "v"],
            Grid = new LatLonGrid(
                [.. Enumerable.Range(0, rows).Select(i => i * 0.01)], [.. Enumerable.Range(0, columns).Select(i => i * 0.01)]),
            Step = TimeSpan.FromHours(1),
        });
        using var fields = ones(1, 2, rows, columns);
        _state = _model.Initialize(fields);
    }

    public double StateMebibytes => _state.numel() * sizeof(float) / (double)(1 << 20);

    public double PlainMilliseconds(int steps)
    {
        string[] arguments = [Path.Combine(_folder, "damped.py"), .. new[] { steps, _rows, _columns }.Select(n => $"{n}")];
        using var process = Process.Start(new ProcessStartInfo(Interpreter, arguments) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(text, CultureInfo.InvariantCulture);
    }

    public double Milliseconds(int steps) => ModelSteps.Milliseconds(_model, ref _state, steps);

    /// <summary>The steps as a run takes them: those to a boundary by one order.</summary>
    public double BoundaryMilliseconds(int steps)
    {
        using var members = (IStretchModel)_model.For(new SteppedMembers(RunSeed: 0, [0], static _ => 0));
        var started = TimeProvider.System.GetTimestamp();
        for (var step = 0; step < steps; step += StepsPerBoundary)
        {
            var next = members.Steps(_state, step * members.Description.Step, StepsPerBoundary);
            _state.Dispose();
            _state = next;
        }

        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / steps;
    }

    public void Dispose()
    {
        _state.Dispose();
        _model.Dispose();
    }
}
