using System.Globalization;
using System.Text.RegularExpressions;
using System.Text;

namespace Cairn.Hocon.Syntax;

/// <summary>Reads quoted, triple-quoted and unquoted text.</summary>
internal static class Texts
{
    private const string Forbidden = "$\"{}[]:=,+#`^?!@*&\\";

    /// <summary>Whether an unquoted text may go on here.</summary>
    public static bool AtUnquoted(Cursor cursor)
        => !cursor.AtEnd && !Forbidden.Contains(cursor.Next, StringComparison.Ordinal) && !Cursor.IsSpace(cursor.Next) && !cursor.AtComment;

    /// <summary>Reads a number, or an unquoted text; a plus is part of a number's exponent only.</summary>
    public static string Unquoted(Cursor cursor)
    {
        var text = cursor.TakeWhile(AtUnquoted);
        var isMantissa = text.Length > 1 && text[^1] is 'e' or 'E' && JsonNumber.Matches(text[..^1]);
        if (isMantissa && cursor.Next == '+' && char.IsAsciiDigit(cursor.Peek(1)))
        {
            text += cursor.Take() + cursor.TakeWhile(c => char.IsAsciiDigit(c.Next));
            text += cursor.TakeWhile(AtUnquoted);
        }

        return text;
    }

    /// <summary>Reads a quoted text, the cursor being on its first quote.</summary>
    public static string Quoted(Cursor cursor) => cursor.TryTake("\"\"\"") ? TripleQuoted(cursor) : SingleQuoted(cursor);

    private static string TripleQuoted(Cursor cursor)
    {
        var opened = cursor.Origin;
        var text = cursor.TakeWhile(c => !c.StartsWith("\"\"\""));
        if (cursor.AtEnd)
            throw new HoconException(opened, "a text opened by \"\"\" that never ends", "\"\"\" to close it");

        // Of a longer run of quotes, the last three close the text and the others belong to it.
        var quotes = cursor.TakeWhile(c => c.Next == '"');
        return text + quotes[3..];
    }

    private static string SingleQuoted(Cursor cursor)
    {
        cursor.Take();
        var text = new StringBuilder();
        while (cursor.Next != '"' || cursor.AtEnd)
        {
            if (cursor.AtEnd || cursor.Next < ' ')
                throw cursor.Error("'\"' to close the quoted text (a text of several lines goes between \"\"\")");

            var c = cursor.Take();
            text.Append(c == '\\' ? Escaped(cursor) : c);
        }

        cursor.Take();
        return text.ToString();
    }

    private static char Escaped(Cursor cursor)
    {
        var c = cursor.Next switch
        {
            '"' or '\\' or '/' => cursor.Next,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => 'u',
            _ => throw cursor.Error("one of \" \\ / b f n r t u after a backslash"),
        };
        cursor.Take();
        return c == 'u' ? Unicode(cursor) : c;
    }

    private static char Unicode(Cursor cursor)
    {
        var digits = new StringBuilder();
        while (digits.Length < 4)
        {
            if (!char.IsAsciiHexDigit(cursor.Next))
                throw cursor.Error("four hexadecimal digits after \\u");

            digits.Append(cursor.Take());
        }

        return (char)ushort.Parse(digits.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}

/// <summary>The one form of number that HOCON shares with JSON.</summary>
internal static partial class JsonNumber
{
    public static bool Matches(string text) => Pattern().IsMatch(text);

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
