using System.Diagnostics;
using System.Globalization;

namespace Cairn.Bench.Rollout;

/// <summary>The yardstick: <c>native/build/step_loop</c>, a bare loop over libtorch in C++.</summary>
internal sealed class StepLoop
{
    private readonly StepFunction _function;
    private readonly string _program;

    public StepLoop(string root, StepFunction function)
    {
        _function = function;
        _program = Path.Combine(root, "native", "build", "step_loop");
        if (!File.Exists(_program))
        {
            throw new FileNotFoundException($"{_program} is not built: cmake -S native -B native/build -DCAIRN_BENCH=ON && cmake --build native/build");
        }
    }

    public double MillisecondsPerStep(int steps)
    {
        var start = new ProcessStartInfo(_program) { RedirectStandardOutput = true };
        foreach (var argument in new[]
        {
            _function.ArchivePath, _function.StatePath, "float64", _function.ShapeText, steps.ToString(CultureInfo.InvariantCulture), "1",
        })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var number = text.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : (double?)null)
            .FirstOrDefault(value => value is not null);
        return number ?? throw new InvalidOperationException($"{_program} printed no time: {text}");
    }
}
