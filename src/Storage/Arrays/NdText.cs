using System.Buffers.Binary;

namespace Cairn.Storage.Arrays;

/// <summary>Arrays of fixed-width text.</summary>
public static class NdText
{
    /// <summary>An array of <c>&lt;U</c>, as wide as the longest value; without a shape it is a single value of no dimension.</summary>
    public static NdArray From(IReadOnlyList<string> values, params long[] shape)
    {
        var runes = values.Select(value => value.EnumerateRunes().ToArray()).ToArray();
        // NumPy has no text of width 0.
        var width = Math.Max(1, runes.Select(r => r.Length).DefaultIfEmpty(0).Max());
        var data = new byte[values.Count * width * 4];
        for (var i = 0; i < runes.Length; i++)
        {
            for (var j = 0; j < runes[i].Length; j++)
                BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(((i * width) + j) * 4), runes[i][j].Value);
        }

        return new NdArray(new NpyDType('U', width * 4), shape, data);
    }

    /// <summary>The values of an array of <c>&lt;U</c> or <c>|S</c> in C order, without trailing zeros; <c>|S</c> is read as
    /// Latin-1.</summary>
    /// <exception cref="DataException">The array holds no text, or a number that is no Unicode character.</exception>
    public static string[] ToStrings(NdArray array)
    {
        if (array.DType.Kind is not ('U' or 'S'))
            throw new DataException($"The array holds {array.DType.Name}, not text.");

        var size = array.DType.ItemSize;
        var values = new string[array.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var bytes = array.Data.Span.Slice(i * size, size);
            values[i] = array.DType.Kind == 'U' ? Wide(bytes) : Encoding.Latin1.GetString(bytes).TrimEnd('\0');
        }

        return values;
    }

    internal static string Wide(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (; bytes.Length >= 4; bytes = bytes[4..])
        {
            var code = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            text.Append(Rune.TryCreate(code, out var rune)
                ? rune.ToString()
                : throw new DataException($"Text in an array holds {code:x}, which is not a Unicode character."));
        }

        return text.ToString().TrimEnd('\0');
    }
}
