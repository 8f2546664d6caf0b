using System.Numerics;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.State;

/// <summary>JSON as Python's <c>json</c> module reads and writes it: <c>NaN</c> and <c>Infinity</c>, integers of any size, everything
/// outside ASCII escaped, keys sorted, indented by two, a newline at the end. Equal trees give equal bytes.</summary>
internal static class PythonJson
{
    /// <summary>Deeper nesting is refused on both sides: hostile input must not exhaust the stack.</summary>
    public const int MaxDepth = 64;

    /// <summary>Bulk belongs in arrays; a description larger than this is refused on both sides.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>How many values are read of a description: in memory each takes far more than its two or three bytes in a hostile file.
    /// What is written never comes near, since a value takes twenty bytes and more in its tagged, indented form.</summary>
    public const int MaxValues = 4_000_000;

    public static byte[] Write(JToken tree, string what)
    {
        var text = new StringBuilder();
        Append(text, tree, 0, what);
        text.Append('\n');
        return text.Length <= MaxBytes
            ? Encoding.ASCII.GetBytes(text.ToString())
            : throw new CheckpointSerializationException(
                $"{what} takes {text.Length} bytes of JSON; at most {MaxBytes} are allowed. Keep bulk data in an NdArray or a tensor.");
    }

    public static JObject ReadObject(ReadOnlyMemory<byte> bytes, string path)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, true).GetString(bytes.Span);
        }
        catch (DecoderFallbackException e)
        {
            throw new DataException($"{path} is not readable JSON: it is not UTF-8. {e.Message}", e);
        }

        return PythonJsonReader.Read(text, path) as JObject ?? throw new DataException($"{path}: expected a JSON object.");
    }

    /// <summary>The order of Python's <c>sort_keys</c>: by code point, where C#'s ordinal order goes by UTF-16 unit.</summary>
    public static int CompareKeys(string a, string b)
    {
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            if (a[i] != b[i])
            {
                var beyond = (char.IsSurrogate(a[i]), char.IsSurrogate(b[i]));
                return beyond is (true, true) or (false, false) ? a[i] - b[i] : beyond.Item1 ? 1 : -1;
            }
        }

        return a.Length - b.Length;
    }

    private static void Append(StringBuilder text, JToken token, int depth, string what)
    {
        switch (token)
        {
            case JObject map:
                var keys = map.Properties().OrderBy(p => p.Name, Comparer<string>.Create(CompareKeys)).ToList();
                AppendAll(text, '{', '}', keys, depth, what, property =>
                {
                    AppendString(text, property.Name);
                    text.Append(": ");
                    Append(text, property.Value, depth + 1, what);
                });
                break;
            case JArray array:
                AppendAll(text, '[', ']', [.. array], depth, what, item => Append(text, item, depth + 1, what));
                break;
            default:
                AppendScalar(text, (JValue)token);
                break;
        }
    }

    private static void AppendAll<T>(StringBuilder text, char open, char close, List<T> items, int depth, string what, Action<T> append)
    {
        if (depth >= MaxDepth)
            throw new CheckpointSerializationException($"{what} is nested more than {MaxDepth} levels deep.");

        text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append(' ', 2 * (depth + 1));
            append(items[i]);
        }

        if (items.Count > 0)
            text.Append('\n').Append(' ', 2 * depth);

        text.Append(close);
    }

    private static void AppendScalar(StringBuilder text, JValue value) => _ = value.Value switch
    {
        null => text.Append("null"),
        bool flag => text.Append(flag ? "true" : "false"),
        double number => text.Append(PythonFloat.Json(number)),
        string words => AppendString(text, words),
        long or int or ulong or uint or BigInteger => text.Append(CultureInfo.InvariantCulture, $"{value.Value}"),
        var other => throw new CheckpointSerializationException($"A value of type {other.GetType()} cannot be written as JSON."),
    };

    private static StringBuilder AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' or > '~' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };

        return text.Append('"');
    }
}

/// <summary>Floating-point numbers as Python's <c>repr</c> writes them: the shortest digits that read back to the same bits.</summary>
internal static class PythonFloat
{
    public static string Repr(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

        var sign = double.IsNegative(value) ? "-" : "";
        return value == 0 ? sign + "0.0" : sign + Layout(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>As <see cref="Repr"/>, with the literals of Python's json module for what JSON cannot say.</summary>
    public static string Json(double value) =>
        double.IsFinite(value) ? Repr(value) : double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private static string Layout(string shortest)
    {
        var parts = shortest.Split('E');
        var power = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? parts[0].Length : point;
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        return Layout(digits.TrimEnd('0'), power + whole - 1 - (all.Length - digits.Length));
    }

    /// <summary>Python writes an exponent below 1e-4 and from 1e16 on.</summary>
    private static string Layout(string digits, int exponent)
    {
        if (exponent is < -4 or >= 16)
        {
            var mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
            return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0)
            return "0." + new string('0', -exponent - 1) + digits;

        return digits.Length <= exponent + 1
            ? digits.PadRight(exponent + 1, '0') + ".0"
            : digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }
}
