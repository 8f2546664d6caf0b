using System.Buffers.Binary;

namespace Cairn.Storage.Arrays;

/// <summary>What the header of a <c>.npy</c> file says, checked but not yet compared with the file's length.</summary>
/// <param name="DType">The type of the elements.</param>
/// <param name="BigEndian">Whether the file stores them with the most significant byte first.</param>
/// <param name="FortranOrder">Whether the first index varies fastest.</param>
/// <param name="Shape">The extent of each dimension.</param>
/// <param name="DataOffset">Where in the file the elements begin, in bytes.</param>
public sealed record NpyHeader(NpyDType DType, bool BigEndian, bool FortranOrder, IReadOnlyList<long> Shape, int DataOffset)
{
    /// <summary>The number of elements; checked against overflow when the header was read.</summary>
    public long Length => ArrayShape.Elements(Shape)!.Value;

    /// <summary>The bytes of all elements; checked against overflow when the header was read.</summary>
    public long DataBytes => ArrayShape.Bytes(DType, Shape)!.Value;
}

/// <summary>Bounds on what a <c>.npy</c> file may ask of its reader.</summary>
public sealed record NpyLimits
{
    /// <summary>The most bytes that the elements of one array may take in memory.</summary>
    public long MaxDataBytes { get; init; } = Array.MaxLength;
}

/// <summary>Reads the header of a <c>.npy</c> file (NumPy Enhancement Proposal 1, versions 1.0 to 3.0).</summary>
internal static class NpyHeaderReader
{
    /// <summary>A header of 64 dimensions takes less than 2 KiB; NumPy itself refuses more than 10,000 characters.</summary>
    private const int MaxHeaderBytes = 16384;

    private const int PrefixLength = 10;

    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    internal static NpyHeader Read(Stream stream, string path)
    {
        var prefix = ReadExactly(stream, PrefixLength, path, "its magic, its version and the length of its header");
        if (!prefix.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            throw Defect(path, "it does not begin with NumPy's magic bytes");

        if (prefix[6] is < 1 or > 3 || prefix[7] != 0)
            throw Defect(path, $"it is of version {prefix[6]}.{prefix[7]}, and versions 1.0 to 3.0 are understood");

        // The length takes two bytes in version 1, which nearly all files have, and four in later ones.
        long length = BinaryPrimitives.ReadUInt16LittleEndian(prefix.AsSpan(8));
        byte[] high = prefix[6] == 1 ? [] : ReadExactly(stream, sizeof(ushort), path, "the length of its header");
        length |= high is [var low, var top] ? (long)(low | (top << 8)) << 16 : 0;
        if (length > MaxHeaderBytes)
            throw Defect(path, $"its header claims {length} bytes, and at most {MaxHeaderBytes} are accepted");

        var text = ReadExactly(stream, (int)length, path, "its header");
        var encoding = prefix[6] == 3 ? Encoding.UTF8 : Encoding.Latin1;
        return Checked(HeaderLiteral.Parse(encoding.GetString(text), path), path, PrefixLength + high.Length + (int)length);
    }

    internal static DataException Defect(string path, string what) =>
        new($"{path} is not a usable .npy file: {what}. Restore it from a copy, or take an older session.");

    /// <summary>Reads exactly that many bytes, of which the caller has bounded the number.</summary>
    internal static byte[] ReadExactly(Stream stream, int count, string path, string what)
    {
        var buffer = new byte[count];
        var read = stream.ReadAtLeast(buffer, count, throwOnEndOfStream: false);
        return read == count ? buffer : throw Defect(path, $"it ends within {what} (found {read} of {count} bytes)");
    }

    private static NpyHeader Checked(HeaderLiteral literal, string path, int dataOffset)
    {
        NpyDType dtype;
        bool bigEndian;
        try
        {
            dtype = DTypeText.Parse(literal.Descr, out bigEndian);
        }
        catch (DataException e)
        {
            throw new DataException($"{path}: {e.Message}", e);
        }

        if (literal.Shape.Count > ArrayShape.MaxRank)
            throw Defect(path, $"its shape has {literal.Shape.Count} dimensions, and at most {ArrayShape.MaxRank} are accepted");

        if (ArrayShape.Bytes(dtype, literal.Shape) is null)
            throw Defect(path, $"the size of its shape {ArrayShape.Text(literal.Shape)} overflows");

        return new NpyHeader(dtype, bigEndian, literal.FortranOrder, literal.Shape, dataOffset);
    }
}

/// <summary>The Python dictionary in a <c>.npy</c> header, read as data: exactly the three keys, with a string, a boolean and a tuple of
/// integers. NumPy evaluates it as a Python literal; nothing beyond what NumPy writes is accepted here.</summary>
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
        var seen = new HashSet<string>();
        Expect('{');
        while (!Take('}'))
        {
            var key = ParseString("a key");
            if (!seen.Add(key))
                throw Defect($"the key '{key}' appears twice");

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
            throw Defect("expected exactly the keys 'descr', 'fortran_order' and 'shape', and nothing after them");
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
            throw Defect("it holds a structured type, which is refused; expected one plain element type");

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
            throw Defect($"{what} is not a quoted string");

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
            _at++;

        if (!long.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            throw Defect("'shape' holds something that is not a whole number from 0 to 9223372036854775807");

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
            throw Defect($"expected '{c}' at character {_at} of its header");
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\t' or '\r')
            _at++;
    }

    private DataException Defect(string what) => NpyHeaderReader.Defect(_path, what);
}
