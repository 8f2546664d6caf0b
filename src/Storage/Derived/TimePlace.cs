using System.Globalization;
using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Derived;

/// <summary>
/// The place of the initial time in a file's name, <c>{time}</c>: a file of each. A file has fields of one initial time, since its axis of
/// times is when they are valid.
/// </summary>
public static class TimePlace
{
    /// <summary>What stands in a name.</summary>
    public const string Word = "{time}";

    /// <summary>A regular expression that what takes its place matches.</summary>
    internal const string Pattern = "-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{4,6}(\\.[0-9]+)?";

    /// <summary>Whether a path has a place for the initial time.</summary>
    public static bool IsIn(string path) => Path.GetFileName(path).Contains(Word, StringComparison.Ordinal);

    /// <summary>A path with an initial time in its place, such as <c>2024-01-02T1200</c>; seconds only where there are some.</summary>
    public static string Fill(string path, CfTime time)
    {
        ArgumentNullException.ThrowIfNull(path);
        var of = time.TimeOfDay;
        var seconds = of.Ticks % TimeSpan.TicksPerMinute == 0
            ? ""
            : of.ToString(@"ss\.ffffff", CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.');
        var text = $"{$"{time}".Split('T')[0]}T{of.ToString("hhmm", CultureInfo.InvariantCulture)}{seconds}";
        return Path.Combine(
            Path.GetDirectoryName(path) ?? "", Path.GetFileName(path).Replace(Word, text, StringComparison.Ordinal));
    }

    /// <summary>Checks that the files of several initial times have names of their own.</summary>
    /// <exception cref="SpecException">They have not.</exception>
    public static void Require(string path, FieldLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (layout.LaterTimes.Count > 0 && !IsIn(path))
        {
            throw new SpecException($"{path} is one file, and the run has {layout.Numbers.Times} initial times; expected {Word} in its "
                + "name, for a file of each.");
        }
    }
}
