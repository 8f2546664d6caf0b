using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Cli.Doctor;

/// <summary>A mounted file system, from a line of <c>/proc/self/mountinfo</c> (proc(5)).</summary>
internal sealed partial record Mount(string Point, string Type, string Source, IReadOnlyList<string> Options)
{
    /// <summary>
    /// The mount that contains a path: the longest mount point above it; of several equal ones the last, which hides the others.
    /// </summary>
    public static Mount? Holding(string path, IEnumerable<string> mountInfo) => mountInfo.Select(Parse).OfType<Mount>()
        .Where(m => m.Point == "/" || path == m.Point || path.StartsWith(m.Point + "/", StringComparison.Ordinal))
        .Aggregate((Mount?)null, (best, m) => best is null || m.Point.Length >= best.Point.Length ? m : best);

    private static Mount? Parse(string line)
    {
        var halves = line.Split(" - ", 2);
        var left = halves[0].Split(' ');
        var right = halves.Length == 2 ? halves[1].Split(' ') : [];
        return left.Length < 6 || right.Length < 2
            ? null
            : new(Unescape(left[4]), right[0], Unescape(right[1]), [.. left[5].Split(','), .. right.Skip(2).SelectMany(o => o.Split(','))]);
    }

    // Spaces and the like are written as three octal digits.
    private static string Unescape(string text) =>
        Octal().Replace(text, m => ((char)Convert.ToInt32(m.Groups[1].Value, 8)).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
