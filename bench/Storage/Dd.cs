using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Bench.Storage;

/// <summary>What the disk does when nothing but bytes is asked of it.</summary>
internal static partial class Dd
{
    /// <summary>Milliseconds of <c>dd conv=fsync</c>, by its own clock: the start of its process is none of the disk's business.</summary>
    public static double Copy(string source, string target)
    {
        var start = new ProcessStartInfo("dd", [$"if={source}", $"of={target}", "bs=16M", "conv=fsync"]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var text = process.StandardError.ReadToEnd();
        process.WaitForExit();
        File.Delete(target);
        return double.Parse(Seconds().Match(text).Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture) * 1000;
    }

    [GeneratedRegex("copied, ([0-9.e-]+) s")]
    private static partial Regex Seconds();
}
