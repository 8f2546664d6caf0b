using System.Text.RegularExpressions;

namespace Cairn.Hocon.Syntax;

/// <summary>The one form of number that HOCON shares with JSON.</summary>
internal static partial class JsonNumber
{
    public static bool Matches(string text) => Pattern().IsMatch(text);

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
