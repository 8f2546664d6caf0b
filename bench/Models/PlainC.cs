using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Bench.Models;

/// <summary>The yardstick in C: <c>bench/native/build/shallow_water</c>, and the same compiled for this machine alone.</summary>
internal sealed partial class PlainC(string root, int points)
{
    private const string WarmUp = "20";

    public double Milliseconds(int steps, bool native)
    {
        var program = Path.Combine(root, "bench", "native", "build", native ? "shallow_water_native" : "shallow_water");
        if (!File.Exists(program))
        {
            throw new FileNotFoundException(
                $"{program} is not built: cmake -S bench/native -B bench/native/build && cmake --build bench/native/build");
        }

        var extent = points.ToString(CultureInfo.InvariantCulture);
        string[] arguments = [extent, extent, steps.ToString(CultureInfo.InvariantCulture), WarmUp];
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var time = Time().Match(text);
        return time.Success
            ? double.Parse(time.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{program} printed no time: {text}");
    }

    [GeneratedRegex("([0-9.]+) ms/step")]
    private static partial Regex Time();
}
