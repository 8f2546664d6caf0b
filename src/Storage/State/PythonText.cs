using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Cairn.Storage.Arrays;

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
        long or int or BigInteger => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        string text => Quote(text),
        ITuple tuple => Tuple(tuple),
        IDictionary dictionary => "{" + Join(dictionary.Keys.Cast<object>().Select(k => $"{Repr(k)}: {Repr(dictionary[k])}")) + "}",
        IList list => "[" + Join(list.Cast<object?>().Select(Repr)) + "]",
        NumpyTimeDelta64 delta => $"numpy.timedelta64({(delta.Value == NumpyTimeDelta64.NotATime ? "'NaT'" : delta.Value)},'{delta.Unit}')",
        NumpyDateTime64 time => $"numpy.datetime64('{time.Value}')",
        TorchDeviceName device => device.Value.Split(':') is [var type, var index]
            ? $"device(type='{type}', index={index})"
            : $"device(type='{device.Value}')",
        NumpyDTypeName dtype => $"dtype('{dtype.Value}')",
        TimeSpan span => SpanRepr(span),
        DateOnly date => $"datetime.date({date.Year}, {date.Month}, {date.Day})",
        _ => Str(value),
    };

    /// <summary>
    /// A time difference in the largest of hours to nanoseconds that holds it exactly, as the original lists lead times.
    /// </summary>
    public static string Display(NumpyTimeDelta64 delta)
    {
        if (delta.Value == NumpyTimeDelta64.NotATime)
        {
            return "NaT";
        }

        var size = Array.Find(Sizes, s => string.Equals(s.Unit, delta.Unit, StringComparison.Ordinal)).Size;
        if (delta.Value == 0 || size.IsZero)
        {
            return delta.Value == 0 ? "0 hours" : Str(delta);
        }

        var total = size * delta.Value;
        foreach (var (unit, length) in Sizes.AsSpan(2))
        {
            if ((total % length).IsZero)
            {
                return Count((long)(total / length), unit);
            }
        }

        return Str(delta);
    }

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

    private static string Tuple(ITuple tuple)
    {
        var items = Enumerable.Range(0, tuple.Length).Select(i => Repr(tuple[i])).ToList();
        return items.Count == 1 ? $"({items[0]},)" : $"({Join(items)})";
    }

    private static string Join(IEnumerable<string> items) => string.Join(", ", items);

    private static string Quote(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when c == quote => quoted.Append('\\').Append(c),
                < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append(quote).ToString();
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
