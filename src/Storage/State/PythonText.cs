using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cairn.Storage.State;

/// <summary>Values as Python's <c>str</c> and <c>repr</c> print them, for listings that read like the original's.</summary>
public static class PythonText
{
    private static readonly Dictionary<string, string> UnitNames = new(StringComparer.Ordinal)
    {
        ["Y"] = "years", ["M"] = "months", ["W"] = "weeks", ["D"] = "days", ["h"] = "hours", ["m"] = "minutes", ["s"] = "seconds",
        ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds", ["ps"] = "picoseconds", ["fs"] = "femtoseconds",
        ["as"] = "attoseconds", ["generic"] = "generic time units",
    };

    // Attoseconds in each unit that hours can be compared with, coarse to fine.
    private static readonly (string Unit, BigInteger Size)[] Sizes = BuildSizes();

    public static string Str(object? value) => value switch
    {
        string text => text,
        DateTimeOffset aware => Aware(aware, " "),
        DateTime naive => PythonTime.Iso(naive, " "),
        DateOnly date => PythonTime.Iso(date),
        TimeSpan span => Span(span),
        NumpyTimeDelta64 delta => delta.Value == NumpyTimeDelta64.NotATime ? "NaT" : Count(delta.Value, delta.Unit),
        NumpyDateTime64 or TorchDeviceName or TorchDTypeName or NumpyDTypeName => value.ToString()!,
        NdArray array => NumpyArrayText.Format(array, "str"),
        _ => Repr(value),
    };

    public static string Repr(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        double number => PythonFloat.Repr(number),
        long or int or short or sbyte or byte or ushort or uint or ulong or BigInteger =>
            ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        string text => Quote(text),
        ITuple tuple => Tuple(tuple),
        IDictionary dictionary => "{" + Join(dictionary.Keys.Cast<object>().Select(k => $"{Repr(k)}: {Repr(dictionary[k])}")) + "}",
        IList list => "[" + Join(list.Cast<object?>().Select(Repr)) + "]",
        NumpyTimeDelta64 delta =>
            $"numpy.timedelta64({(delta.Value == NumpyTimeDelta64.NotATime ? "'NaT'" : delta.Value)}"
            + $"{Unit(delta.Unit, delta.Unit != "generic")})",
        // The ISO text of every other unit shows it.
        NumpyDateTime64 time => $"numpy.datetime64('{time.Value}'{Unit(time.Unit, time.Unit == "h")})",
        TorchDeviceName device => device.Value.Split(':') is [var type, var index]
            ? $"device(type='{type}', index={index})"
            : $"device(type='{device.Value}')",
        NumpyDTypeName dtype => $"dtype('{dtype.Value}')",
        TimeSpan span => SpanRepr(span),
        DateOnly date => $"datetime.date({date.Year}, {date.Month}, {date.Day})",
        DateTime naive => $"datetime.datetime({DateParts(naive)})",
        DateTimeOffset aware => $"datetime.datetime({DateParts(aware.DateTime)}, tzinfo={Zone(aware.Offset)})",
        NdArray array => ArrayRepr(array),
        // Not Str, which would ask here again.
        _ => value.ToString() ?? "",
    };

    /// <summary>Bytes as Python writes them: <c>b'wind\xff'</c>.</summary>
    internal static string Bytes(ReadOnlySpan<byte> bytes)
    {
        var text = Quote(Encoding.Latin1.GetString(bytes), c => c is >= ' ' and <= '~');
        return "b" + text;
    }

    /// <summary>A time difference in the largest of hours to nanoseconds that holds it exactly, as the original lists lead times.</summary>
    public static string Display(NumpyTimeDelta64 delta)
    {
        if (delta.Value == NumpyTimeDelta64.NotATime)
            return "NaT";

        var size = Array.Find(Sizes, s => s.Unit == delta.Unit).Size;
        if (delta.Value == 0 || size.IsZero)
            return delta.Value == 0 ? "0 hours" : Str(delta);

        var total = size * delta.Value;
        foreach (var (unit, length) in Sizes.AsSpan(2))
        {
            if ((total % length).IsZero)
                return Count((long)(total / length), unit);
        }

        return Str(delta);
    }

    private static string Unit(string unit, bool told) => told ? $",'{unit}'" : "";

    private static string Count(long value, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{value} {UnitNames.GetValueOrDefault(unit, unit)}");

    private static string Aware(DateTimeOffset value, string separator)
    {
        var iso = PythonTime.Iso(value);
        return string.Concat(iso.AsSpan(0, 10), separator, iso.AsSpan(11));
    }

    private static string Span(TimeSpan value)
    {
        var (days, seconds, microseconds) = PythonTime.Parts(value);
        var text = string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}");
        var fraction = microseconds == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{microseconds:000000}");
        var prefix = days == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{days} day{(days is 1 or -1 ? "" : "s")}, ");
        return prefix + text + fraction;
    }

    private static string SpanRepr(TimeSpan value)
    {
        var (days, seconds, microseconds) = PythonTime.Parts(value);
        (string Name, long Value)[] parts = [("days", days), ("seconds", seconds), ("microseconds", microseconds)];
        var shown = parts.Where(p => p.Value != 0).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name}={p.Value}")).ToList();
        return $"datetime.timedelta({(shown.Count == 0 ? "0" : Join(shown))})";
    }

    /// <summary>Seconds and microseconds are left out when they and what follows them are zero.</summary>
    private static string DateParts(DateTime value)
    {
        List<int> parts = [value.Year, value.Month, value.Day, value.Hour, value.Minute];
        var microseconds = (int)(value.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        parts.AddRange(microseconds != 0 ? [value.Second, microseconds] : value.Second != 0 ? [value.Second] : []);
        return Join(parts.Select(p => p.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Zone(TimeSpan offset) =>
        offset == TimeSpan.Zero ? "datetime.timezone.utc" : $"datetime.timezone({SpanRepr(offset)})";

    /// <summary>NumPy leaves out the types that its own literals have.</summary>
    private static string ArrayRepr(NdArray array)
    {
        var text = NumpyArrayText.Format(array, "repr", "array(".Length);
        var plain = array.Length > 0 && array.DType.Name is "int64" or "float64" or "bool" or "complex128";
        var empty = array.Length == 0 && array.Shape.Count > 1 ? $", shape={ArrayShape.Text(array.Shape)}" : "";
        return $"array({text}{empty}{(plain ? "" : $", dtype={DTypeRepr(array.DType)}")})";
    }

    private static string DTypeRepr(NpyDType dtype) => dtype.Kind is 'U' or 'S' or 'M' or 'm' ? $"'{dtype.Descr}'" : dtype.Name;

    private static string Tuple(ITuple tuple)
    {
        var items = Enumerable.Range(0, tuple.Length).Select(i => Repr(tuple[i])).ToList();
        return items.Count == 1 ? $"({items[0]},)" : $"({Join(items)})";
    }

    private static string Join(IEnumerable<string> items) => string.Join(", ", items);

    private static string Quote(string text, Func<char, bool>? printable = null)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        for (var at = 0; at < text.Length;)
        {
            var length = char.IsSurrogatePair(text, at) ? 2 : 1;
            _ = text[at] switch
            {
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when text[at] == quote => quoted.Append('\\').Append(quote),
                _ => quoted.Append((printable?.Invoke(text[at]) ?? IsPrintable(text, at)) ? text.Substring(at, length) : Escaped(text, at)),
            };
            at += length;
        }

        return quoted.Append(quote).ToString();
    }

    /// <summary>Python's <c>str.isprintable</c>: everything but what Unicode calls "other" or "separator", the blank excepted.</summary>
    private static bool IsPrintable(string text, int at) => text[at] == ' ' || CharUnicodeInfo.GetUnicodeCategory(text, at) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);

    private static string Escaped(string text, int at)
    {
        var code = char.IsSurrogatePair(text, at) ? char.ConvertToUtf32(text, at) : text[at];
        var culture = CultureInfo.InvariantCulture;
        return code > 0xffff ? string.Create(culture, $"\\U{code:x8}")
            : code > 0xff ? string.Create(culture, $"\\u{code:x4}")
            : string.Create(culture, $"\\x{code:x2}");
    }

    private static (string Unit, BigInteger Size)[] BuildSizes()
    {
        var second = BigInteger.Pow(10, 18);
        return
        [
            ("W", second * 604800), ("D", second * 86400), ("h", second * 3600), ("m", second * 60), ("s", second),
            ("ms", second / 1000), ("us", second / 1000000), ("ns", second / 1000000000), ("ps", 1000000), ("fs", 1000), ("as", 1),
        ];
    }
}
