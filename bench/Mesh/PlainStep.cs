using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Bench.Mesh;

/// <summary>The yardstick in C: <c>bench/native/build/mesh_step</c>, and the same compiled for this machine alone.</summary>
internal sealed partial class PlainStep(string root, int columns, int rows)
{
    public double Milliseconds(int steps, bool native) => Number(Time(), Run(steps, warmUp: 1, native));

    /// <summary>The total that it ends with after so many steps.</summary>
    public double Total(int steps) => Number(Snow(), Run(steps, warmUp: 0, native: false));

    private string Run(int steps, int warmUp, bool native)
    {
        var program = Path.Combine(root, "bench", "native", "build", native ? "mesh_step_native" : "mesh_step");
        if (!File.Exists(program))
        {
            throw new FileNotFoundException(
                $"{program} is not built: cmake -S bench/native -B bench/native/build && cmake --build bench/native/build");
        }

        string[] arguments = [.. new[] { columns, rows, steps, warmUp }.Select(n => n.ToString(CultureInfo.InvariantCulture))];
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }

    private static double Number(Regex pattern, string text) => pattern.Match(text) is { Success: true } match
        ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"mesh_step printed something else: {text}");

    [GeneratedRegex("([0-9.]+) ms/step")]
    private static partial Regex Time();

    [GeneratedRegex("snow squared ([0-9.e+-]+)")]
    private static partial Regex Snow();
}
