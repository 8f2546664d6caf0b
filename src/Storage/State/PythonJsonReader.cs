using System.Numerics;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.State;

/// <summary>Reads JSON exactly as Python's <c>json</c> module does, which no available JSON library can: <c>NaN</c> and <c>Infinity</c>,
/// integers of as many digits as Python prints, strings with half a surrogate pair, and nothing of JavaScript (comments, quotes left out).
/// A key that appears twice is refused, where Python would take the last.</summary>
internal sealed class PythonJsonReader
{
    /// <summary>Python's own limit on reading and printing an integer.</summary>
    private const int MaxDigits = 4300;

    private readonly string _text;
    private readonly string _path;
    private int _at;
    private int _values;

    private PythonJsonReader(string text, string path)
    {
        _text = text;
        _path = path;
    }

    /// <exception cref="DataException">The text is no JSON; the message names file, line and column.</exception>
    public static JToken Read(string text, string path)
    {
        var reader = new PythonJsonReader(text, path);
        var value = reader.Value(1);
        reader.SkipSpace();
        return reader._at == text.Length ? value : throw reader.Defect("something follows the JSON object");
    }

    private JToken Value(int depth)
    {
        if (++_values > PythonJson.MaxValues)
            throw Defect($"it holds more than {PythonJson.MaxValues} values; bulk belongs in arrays");

        SkipSpace();
        var c = Peek();
        return c switch
        {
            '{' => Object(Deeper(depth)),
            '[' => Array(Deeper(depth)),
            '"' => new JValue(Text()),
            '-' or (>= '0' and <= '9') => Number(),
            _ => Word(),
        };
    }

    private int Deeper(int depth) => depth <= PythonJson.MaxDepth
        ? depth + 1
        : throw Defect($"it is nested more than {PythonJson.MaxDepth} levels deep");

    private JObject Object(int depth)
    {
        var map = new JObject();
        _at++;
        for (var first = true; !Ends('}', first); first = false)
        {
            SkipSpace();
            var key = Peek() == '"' ? Text() : throw Defect("expected a key in double quotes");
            SkipSpace();
            Expect(':');
            if (map.ContainsKey(key))
                throw Defect($"the key '{key}' appears twice");

            map.Add(key, Value(depth));
        }

        return map;
    }

    private JArray Array(int depth)
    {
        var list = new JArray();
        _at++;
        for (var first = true; !Ends(']', first); first = false)
            list.Add(Value(depth));

        return list;
    }

    /// <summary>Whether the list ends here; otherwise the comma before the next item has been taken.</summary>
    private bool Ends(char close, bool first)
    {
        SkipSpace();
        if (Peek() == close)
        {
            _at++;
            return true;
        }

        if (!first)
        {
            Expect(',');
            SkipSpace();
        }

        return false;
    }

    private string Text()
    {
        var start = ++_at;
        var end = _text.AsSpan(start).IndexOfAny('"', '\\');
        if (end >= 0 && _text[start + end] == '"' && !_text.AsSpan(start, end).ContainsAnyInRange('\0', '\x1f'))
        {
            _at = start + end + 1;
            return _text.Substring(start, end);
        }

        var text = new StringBuilder();
        while (Peek() != '"')
        {
            var c = Peek();
            text.Append(c == '\\' ? Escape() : c >= ' ' ? c : throw Defect("a text holds a control character, or does not end"));
            _at++;
        }

        _at++;
        return text.ToString();
    }

    private char Escape()
    {
        _at++;
        var c = Peek();
        return c switch
        {
            '"' or '\\' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => Unit(),
            _ => throw Defect("a text holds an escape sequence that JSON does not know"),
        };
    }

    private char Unit()
    {
        _at += 4;
        return _at < _text.Length
            && ushort.TryParse(_text.AsSpan(_at - 3, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : throw Defect("a text holds \\u without four hexadecimal digits");
    }

    private JValue Number()
    {
        var start = _at;
        _at += Peek() == '-' ? 1 : 0;
        if (Peek() == 'I')
            return TakeWord("Infinity") ? new JValue(double.NegativeInfinity) : throw Defect("found something that is not a JSON value");

        var leadingZero = Peek() == '0';
        var digits = Digits();
        if (digits == 0 || (leadingZero && digits > 1))
            throw Defect("a number has no digits, or starts with 0");

        var whole = !Fraction();
        var text = _text.AsSpan(start, _at - start);
        if (!whole)
            return new JValue(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small)
            ? new JValue(small)
            : digits <= MaxDigits
                ? new JValue((object)BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))
                : throw Defect($"an integer has {digits} digits; at most {MaxDigits} are accepted");
    }

    private bool Fraction()
    {
        var found = false;
        if (Peek() == '.')
        {
            _at++;
            found = Digits() > 0 ? true : throw Defect("a number has no digits after its point");
        }

        if (Peek() is 'e' or 'E')
        {
            _at++;
            _at += Peek() is '+' or '-' ? 1 : 0;
            found = Digits() > 0 ? true : throw Defect("a number has no digits in its exponent");
        }

        return found;
    }

    private int Digits()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            _at++;

        return _at - start;
    }

    private JValue Word() =>
        TakeWord("null") ? JValue.CreateNull()
        : TakeWord("true") ? new JValue(true)
        : TakeWord("false") ? new JValue(false)
        : TakeWord("NaN") ? new JValue(double.NaN)
        : TakeWord("Infinity") ? new JValue(double.PositiveInfinity)
        : throw Defect(_at < _text.Length ? "found something that is not a JSON value" : "it ends where a value was expected");

    private bool TakeWord(string word)
    {
        var found = string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;
        _at += found ? word.Length : 0;
        return found;
    }

    private void Expect(char c)
    {
        if (Peek() != c)
            throw Defect($"expected '{c}'");

        _at++;
    }

    /// <summary>The character here; a control character, which is allowed nowhere, at the end.</summary>
    private char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\t' or '\r')
            _at++;
    }

    private DataException Defect(string what)
    {
        var before = _text.AsSpan(0, Math.Min(_at, _text.Length));
        var line = before.Count('\n') + 1;
        return new DataException($"{_path} is not readable JSON: {what} (line {line}, column {before.Length - before.LastIndexOf('\n')}).");
    }
}
