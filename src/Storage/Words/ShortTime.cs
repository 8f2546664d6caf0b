using System.Text.RegularExpressions;

namespace Cairn.Storage.Words;

/// <summary>Times as catalogs keep them, for where columns are scarce.</summary>
public static partial class ShortTime
{
    /// <summary>A time in UTC to the second, <c>2026-11-29 16:34:27Z</c>; any other text as it is.</summary>
    public static string Of(string text) =>
        Stamp().IsMatch(text)
            ? string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, 10)} {text.AsSpan(11, 8)}Z")
            : text;

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|\\+00:00)$", RegexOptions.CultureInvariant)]
    private static partial Regex Stamp();
}
