using System.Globalization;

namespace Cairn.Hocon.Syntax;

/// <summary>A place in a text, and what may be skipped there.</summary>
internal sealed class Cursor(string text, HoconOrigin start)
{
    private int _at;
    private int _line = start.Line;
    private int _lineStart = 1 - start.Column;

    public bool AtEnd => _at >= text.Length;

    /// <summary>The next character, or NUL at the end.</summary>
    public char Next => Peek(0);
    public bool AtComment => Next == '#' || (Next == '/' && Peek(1) == '/');

    public HoconOrigin Origin => start with { Line = _line, Column = _at - _lineStart + 1 };

    public char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';
    public bool StartsWith(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

    public char Take()
    {
        var c = text[_at++];
        if (c == '\n')
        {
            _line++;
            _lineStart = _at;
        }

        return c;
    }

    public bool TryTake(string what)
    {
        if (!StartsWith(what))
            return false;

        for (var i = 0; i < what.Length; i++)
            Take();

        return true;
    }

    public string TakeWhile(Func<Cursor, bool> goesOn)
    {
        var from = _at;
        while (!AtEnd && goesOn(this))
            Take();

        return text[from.._at];
    }

    /// <summary>Skips and returns white space on this line.</summary>
    public string TakeBlank() => TakeWhile(c => c.Next != '\n' && IsSpace(c.Next));

    /// <summary>Skips white space, newlines and comments; true when a newline was among them.</summary>
    public bool SkipLines()
    {
        var before = _line;
        while (!AtEnd && (IsSpace(Next) || AtComment))
        {
            if (AtComment)
                TakeWhile(c => c.Next != '\n');
            else
                Take();
        }

        return _line > before;
    }

    public HoconException Error(string expected) => new(Origin, Describe(), expected);

    /// <summary>HOCON's white space, which includes the byte order mark and every Unicode separator.</summary>
    public static bool IsSpace(char c) => c is (>= '\t' and <= '\r') or (>= '\x1c' and <= '\x1f') or '\ufeff'
        || char.GetUnicodeCategory(c)
            is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private string Describe()
    {
        if (AtEnd)
            return "the end of the text";

        return Next switch
        {
            '\n' => "the end of the line",
            < ' ' => $"the control character U+{(int)Next:X4}",
            _ => $"'{Next}'",
        };
    }
}
