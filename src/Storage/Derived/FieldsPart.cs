using System.Text.RegularExpressions;
using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Derived;

/// <summary>The part of the fields in one NetCDF file. A path with <c>{member}</c> in its name means one file per member, one with
/// <c>{day}</c> one file per valid day of the fields, one with both one file for each pair; any other means one file. With several initial
/// times each has its own files (<see cref="TimePlace"/>).</summary>
/// <param name="Path">The file.</param>
/// <param name="FirstMember">The first member.</param>
/// <param name="Members">How many members.</param>
/// <param name="MembersAsAxis">Whether the fields have an axis of members.</param>
/// <param name="FirstLeadTime">The number of the first lead time.</param>
/// <param name="LeadTimes">How many lead times.</param>
public sealed record FieldsPart(string Path, int FirstMember, int Members, bool MembersAsAxis, int FirstLeadTime, int LeadTimes)
{
    private const string Member = "{member}", Day = "{day}";

    /// <summary>The parts that a path means, in the order of members and days.</summary>
    /// <param name="layout">The fields of one initial time.</param>
    /// <param name="path">The path, with or without places for member, day and initial time.</param>
    public static IReadOnlyList<FieldsPart> Of(FieldLayout layout, string path)
    {
        layout.RequireOneTime("The store");
        var name = System.IO.Path.GetFileName(TimePlace.Fill(path, layout.Time));
        var folder = System.IO.Path.GetDirectoryName(path) ?? "";
        var byMember = name.Contains(Member, StringComparison.Ordinal);
        return
        [
            .. from first in byMember ? Enumerable.Range(0, layout.Members) : [0]
               from day in name.Contains(Day, StringComparison.Ordinal) ? Days(layout) : [("", 0, layout.LeadTimes.Count)]
               let file = name.Replace(Member, first.ToString("0000", CultureInfo.InvariantCulture), StringComparison.Ordinal)
                   .Replace(Day, day.Name, StringComparison.Ordinal)
               select new FieldsPart(System.IO.Path.Combine(folder, file), first, byMember ? 1 : layout.Members, !byMember, day.First,
                   day.Count),
        ];
    }

    /// <summary>The files on disk that a path with placeholders may name, for any members, days and initial times.</summary>
    public static IReadOnlyList<string> Existing(IDurableFiles files, string path)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        var pattern = Regex.Escape(System.IO.Path.GetFileName(path))
            .Replace(Regex.Escape(TimePlace.Word), TimePlace.Pattern, StringComparison.Ordinal)
            .Replace(Regex.Escape(Member), "[0-9]{4,}", StringComparison.Ordinal)
            .Replace(Regex.Escape(Day), "-?[0-9]{4,}-[0-9]{2}-[0-9]{2}", StringComparison.Ordinal);
        return
        [
            .. files.List(folder).Where(entry => Regex.IsMatch(entry.Name, $@"\A{pattern}\z", RegexOptions.CultureInvariant))
                .Select(entry => System.IO.Path.Combine(folder, entry.Name)).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>A word in braces in a path that has no meaning, or null.</summary>
    public static string? UnknownPlace(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(path) ?? "";
        var name = System.IO.Path.GetFileName(path)
            .Replace(TimePlace.Word, "", StringComparison.Ordinal)
            .Replace(Member, "", StringComparison.Ordinal).Replace(Day, "", StringComparison.Ordinal);
        var found = Regex.Match($"{folder}/{name}", @"\{[^{}/]*\}");
        return found.Success ? found.Value : null;
    }

    /// <summary>The days that fields are valid on: date, number of the first lead time, and how many.</summary>
    private static IEnumerable<(string Name, int First, int Count)> Days(FieldLayout layout)
    {
        var dates = layout.LeadTimes.Select(lead => layout.Time.Add(lead).ToString().Split('T')[0]).ToList();
        for (var first = 0; first < dates.Count;)
        {
            var count = dates.Skip(first).TakeWhile(date => date == dates[first]).Count();
            yield return (dates[first], first, count);
            first += count;
        }
    }
}

/// <summary>The place of the initial time in a file's name, <c>{time}</c>: a file of each. A file has fields of one initial time, since its
/// axis of times is when they are valid.</summary>
public static class TimePlace
{
    /// <summary>The placeholders in a name.</summary>
    public const string Word = "{time}";

    /// <summary>A regular expression that what takes its place matches.</summary>
    internal const string Pattern = "-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{4,6}(\\.[0-9]+)?";

    /// <summary>Whether a path has a place for the initial time.</summary>
    public static bool IsIn(string path) => Path.GetFileName(path).Contains(Word, StringComparison.Ordinal);

    /// <summary>A path with an initial time in its place, such as <c>2024-01-02T1200</c>; seconds only where there are some.</summary>
    public static string Fill(string path, CfTime time)
    {
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
        if (layout.LaterTimes.Count > 0 && !IsIn(path))
            throw new SpecException($"{path} is one file, and the run has {layout.Numbers.Times} initial times; expected {Word} in its "
                + "name, for a file of each.");
    }
}
