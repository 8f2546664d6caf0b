using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Bench.Rollout;

/// <summary>The yardstick: <c>native/build/step_loop</c>, a bare loop over libtorch in C++.</summary>
internal sealed partial class StepLoop
{
    private readonly StepFunction _function;
    private readonly string _program;

    public StepLoop(string root, StepFunction function)
    {
        _function = function;
        _program = Path.Combine(root, "native", "build", "step_loop");
        if (!File.Exists(_program))
        {
            throw new FileNotFoundException(
                $"{_program} is not built: cmake -S native -B native/build -DCAIRN_BENCH=ON && cmake --build native/build");
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
        var time = Time().Match(text);
        return time.Success
            ? double.Parse(time.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{_program} printed no time: {text}");
    }

    [GeneratedRegex("([0-9.]+) ms/step")]
    private static partial Regex Time();
}
