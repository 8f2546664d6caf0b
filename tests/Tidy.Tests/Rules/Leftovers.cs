using System.Text.RegularExpressions;

namespace Cairn.Tidy.Tests.Rules;

/// <summary>What does not belong into a repository: notes to oneself, and the places of one machine.</summary>
public static partial class Leftovers
{
    public static IEnumerable<Violation> Notes(string path, string text) => Find(path, text, NotePattern(),
        found => $"{found} is a note to oneself; do it, or take it out.");

    public static IEnumerable<Violation> MachinePlaces(string path, string text) => Find(path, text, PlacePattern(),
        found => $"{found} is a place on one machine; write a path relative to the root, or a made-up one such as /scratch.");

    public static IEnumerable<Violation> PrivateHosts(string path, string text) => Find(path, text, HostPattern(),
        found => $"{found} names a host that others cannot reach; use the public address.");

    private static IEnumerable<Violation> Find(string path, string text, Regex pattern, Func<string, string> whatToDo) =>
        from line in text.Split('\n').Select((line, i) => (Text: line, Number: i + 1))
        let match = pattern.Match(line.Text)
        where match.Success
        select new Violation(path, line.Number, whatToDo(match.Value));

    [GeneratedRegex(@"\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b")]
    private static partial Regex NotePattern();

    // Brackets around one letter keep these patterns from matching themselves.
    [GeneratedRegex(@"(?<![\w.~*\])}-])/([w]ork|[r]oot)/[\w.-]+|/[t]mp/(wt|brief|bash_jobs)\b")]
    private static partial Regex PlacePattern();

    // Credentials, a number, a name without a dot, a package mirror, or a name that only a local network resolves.
    [GeneratedRegex(@"https?://(?!localhost|127\.0\.0\.1|0\.0\.0\.0)([^/\s:@]+:[^/\s@]+@|\d+\.\d+\.\d+\.\d+|[\w-]{2,}[:/]"
        + @"|[\w.-]*(artifactory|nexus)|[\w.-]+\.(internal|local|corp|lan)\b)", RegexOptions.IgnoreCase)]
    private static partial Regex HostPattern();
}
