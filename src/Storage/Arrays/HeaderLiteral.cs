using System.Globalization;

namespace Cairn.Storage.Arrays;

/// <summary>
/// The Python dictionary in a <c>.npy</c> header, read as data: exactly the three keys, with a string, a boolean and a tuple of integers.
/// NumPy evaluates it as a Python literal; nothing beyond what NumPy writes is accepted here.
/// </summary>
internal sealed class HeaderLiteral
{
    private readonly string _text;
    private readonly string _path;
    private int _at;

    private HeaderLiteral(string text, string path)
    {
        _text = text;
        _path = path;
    }

    internal string Descr { get; private set; } = "";

    internal bool FortranOrder { get; private set; }

    internal IReadOnlyList<long> Shape { get; private set; } = [];

    internal static HeaderLiteral Parse(string text, string path)
    {
        var literal = new HeaderLiteral(text, path);
        literal.ParseDictionary();
        return literal;
    }

    private void ParseDictionary()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Expect('{');
        while (!Take('}'))
        {
            var key = ParseString("a key");
            if (!seen.Add(key))
            {
                throw Defect($"the key '{key}' appears twice");
            }

            Expect(':');
            ParseValue(key);
            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }

        SkipSpace();
        if (_at != _text.Length || seen.Count != 3)
        {
            throw Defect("expected exactly the keys 'descr', 'fortran_order' and 'shape', and nothing after them");
        }
    }

    private void ParseValue(string key)
    {
        switch (key)
        {
            case "descr":
                Descr = ParseDescr();
                break;
            case "fortran_order":
                FortranOrder = TakeWord("True") || (TakeWord("False") ? false : throw Defect("'fortran_order' is neither True nor False"));
                break;
            case "shape":
                Shape = ParseTuple();
                break;
            default:
                throw Defect($"the key '{key}' is unknown");
        }
    }

    private string ParseDescr()
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] is '[' or '(')
        {
            throw Defect("it holds a structured type, which is refused; expected one plain element type");
        }

        var descr = ParseString("'descr'");
        return descr.TrimStart('<', '>', '|', '=').StartsWith('O')
            ? throw Defect("it holds Python objects, which are never unpickled here; save plain numbers or text")
            : descr;
    }

    private string ParseString(string what)
    {
        SkipSpace();
        var quote = _at < _text.Length ? _text[_at] : ' ';
        var end = quote is '\'' or '"' ? _text.IndexOf(quote, _at + 1) : -1;
        if (end < 0)
        {
            throw Defect($"{what} is not a quoted string");
        }

        var value = _text[(_at + 1)..end];
        _at = end + 1;
        return value.Contains('\\', StringComparison.Ordinal) ? throw Defect($"{what} holds an escape sequence") : value;
    }

    private List<long> ParseTuple()
    {
        var values = new List<long>();
        Expect('(');
        while (!Take(')'))
        {
            values.Add(ParseInteger());
            if (!Take(','))
            {
                Expect(')');
                // Python reads (3) as a number.
                return values.Count > 1 ? values : throw Defect("'shape' is a number in parentheses, not a tuple");
            }
        }

        return values;
    }

    private long ParseInteger()
    {
        SkipSpace();
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        if (!long.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            throw Defect("'shape' holds something that is not a whole number from 0 to 9223372036854775807");
        }

        // Python 2 wrote long integers with an L.
        _at += _at < _text.Length && _text[_at] == 'L' ? 1 : 0;
        return value;
    }

    private bool TakeWord(string word)
    {
        SkipSpace();
        var found = string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;
        _at += found ? word.Length : 0;
        return found;
    }

    private bool Take(char c)
    {
        SkipSpace();
        var found = _at < _text.Length && _text[_at] == c;
        _at += found ? 1 : 0;
        return found;
    }

    private void Expect(char c)
    {
        if (!Take(c))
        {
            throw Defect($"expected '{c}' at character {_at} of its header");
        }
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\t' or '\r')
        {
            _at++;
        }
    }

    private DataException Defect(string what) => NpyHeaderReader.Defect(_path, what);
}
