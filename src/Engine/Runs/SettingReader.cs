using System.Globalization;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>
/// Reads settings of one spec by key and type. A setting that is missing or wrong is noted among the mistakes and read as the fallback, so
/// that reading goes on to the next mistake. An explicit <c>null</c> counts as missing.
/// </summary>
internal sealed class SettingReader(HoconObject root, SpecContext context)
{
    private readonly List<SpecMistake> _mistakes = [];
    private readonly string _prefix = "";

    private SettingReader(HoconObject item, SettingReader around, string prefix) : this(item, around.Context)
    {
        _mistakes = around._mistakes;
        _prefix = prefix;
    }

    public IReadOnlyList<SpecMistake> Mistakes => _mistakes;

    public SpecContext Context => context;

    public HoconObject Root => root;

    /// <summary>The value at a dotted key, or null where there is none.</summary>
    public HoconValue? Find(string key)
        => root.Find(key.Split('.')) is { } value && value is not HoconScalar { IsNull: true } ? value : null;

    /// <summary>Reads an object of a list; its mistakes are noted among all others, with the prefix before their keys.</summary>
    public SettingReader Within(HoconObject item, string prefix) => new(item, this, prefix);

    public void Wrong(string key, HoconValue? value, string expected) => Wrong(key, value, Show(value), expected);

    public void Wrong(string key, HoconValue? value, string found, string expected)
    {
        // What an item of a list lacks is told with the item's own place.
        value ??= _prefix.Length > 0 ? root : null;
        var origin = value?.Origin;
        int? line = origin is { Line: > 0 } && !IsOverride(value) ? origin.Line : null;
        int? column = line is not null && origin!.Column > 0 ? origin.Column : null;
        _mistakes.Add(new SpecMistake(origin?.Source ?? context.Source, line, _prefix + key, found, expected) { Column = column });
    }

    /// <summary>Whether a value was given by <c>--set</c>.</summary>
    public static bool IsOverride(HoconValue? value) => value?.Origin.Source.StartsWith("--set ", StringComparison.Ordinal) == true;

    /// <summary>Reads by a parser that answers false for what will not do.</summary>
    public T Read<T>(string key, T fallback, bool required, string expected, TryRead<T> parse)
    {
        var value = Find(key);
        if (value is null)
        {
            if (required)
            {
                Wrong(key, null, expected);
            }

            return fallback;
        }

        if (value is HoconScalar scalar && parse(scalar, out var result))
        {
            return result;
        }

        Wrong(key, value, expected);
        return fallback;
    }

    public string Text(string key, string fallback, bool required, string expected, Func<string, bool> isGood)
        => Read(key, fallback, required, expected, (HoconScalar scalar, out string text) =>
        {
            text = scalar.Text;
            return text.Length > 0 && isGood(text);
        });

    /// <summary>One of an enumeration's words, or null when it is missing (if required) or wrong.</summary>
    public T? Word<T>(string key, T? fallback)
        where T : struct, Enum
    {
        var words = Enum.GetValues<T>().ToDictionary(v => SpecText.Word(v), v => v, StringComparer.Ordinal);
        var expected = words.Count == 1 ? words.Keys.First() : "one of " + string.Join(", ", words.Keys);
        var given = Find(key) is not null;
        return Read<T?>(key, given ? null : fallback, fallback is null, expected, (HoconScalar scalar, out T? word) =>
        {
            var known = words.TryGetValue(scalar.Text, out var value);
            word = value;
            return known;
        });
    }

    public int Integer(string key, int? fallback, int min, int max, string what)
        => Read(key, fallback ?? min, fallback is null, Between(what, min, max), (HoconScalar scalar, out int number) =>
        {
            var good = scalar.TryInt64(out var wide) && wide >= min && wide <= max;
            number = good ? (int)wide : min;
            return good;
        });

    public double Number(string key, double fallback, string expected, Func<double, bool> isGood)
        => Read(key, fallback, false, expected,
            (HoconScalar scalar, out double number) => scalar.TryDouble(out number) && double.IsFinite(number) && isGood(number));

    /// <summary>A whole number, or null for a given word.</summary>
    public int? IntegerOr(string key, string word, int? fallback, string what)
        => Read(key, fallback, false, Between(what, 1, int.MaxValue) + $", or {word}", (HoconScalar scalar, out int? number) =>
        {
            number = null;
            if (scalar.Text == word)
            {
                return true;
            }

            var good = scalar.TryInt64(out var wide) && wide is >= 1 and <= int.MaxValue;
            number = good ? (int)wide : null;
            return good;
        });

    /// <summary>A duration greater than zero with its unit, or null when it is missing or wrong.</summary>
    public TimeSpan? Duration(string key, string example)
        => Read<TimeSpan?>(key, null, true, $"a duration greater than zero with its unit, such as {example}", TryDuration);

    public static bool TryDuration(HoconScalar scalar, out TimeSpan? duration)
    {
        var good = scalar.TryDuration(out var value, unitRequired: true) && value > TimeSpan.Zero;
        duration = value;
        return good;
    }

    /// <summary>A list of different names, or null when it is missing or wrong.</summary>
    public IReadOnlyList<string>? Names(string key) => Find(key) is { } value ? Names(key, value) : null;

    /// <summary>The same for a value that is not found by its key, since a name of the user's choice may hold dots.</summary>
    public IReadOnlyList<string>? Names(string key, HoconValue value)
    {
        const string expected = "a list of different names, such as [u, v]";
        var names = value is HoconArray array ? array.Items.OfType<HoconScalar>().Select(s => s.IsNull ? "" : s.Text).ToList() : [];
        var good = value is HoconArray { Items.Count: > 0 } list && names.Count == list.Items.Count
            && names.TrueForAll(n => n.Length > 0) && names.Distinct(StringComparer.Ordinal).Count() == names.Count;
        if (good)
        {
            return names;
        }

        Wrong(key, value, expected);
        return null;
    }

    /// <summary>Two numbers in brackets, or null when they are missing or wrong.</summary>
    public (double First, double Second)? Pair(string key, HoconValue? value, string expected, Func<double, double, bool> isGood)
    {
        if (value is null)
        {
            return null;
        }

        if (value is HoconArray { Items: [HoconScalar a, HoconScalar b] } && a.TryDouble(out var first) && b.TryDouble(out var second)
            && isGood(first, second))
        {
            return (first, second);
        }

        Wrong(key, value, expected);
        return null;
    }

    public static string Show(HoconValue? value) => value switch
    {
        null => "nothing",
        HoconScalar { Kind: HoconScalarKind.Text } text => HoconWriter.Quote(text.Text.Length > 200 ? text.Text[..200] + "..." : text.Text),
        HoconScalar scalar => scalar.Text,
        HoconArray array when array.Items.All(i => i is HoconScalar) && array.Items.Count <= 8
            => "[" + string.Join(", ", array.Items.Select(Show)) + "]",
        HoconArray => "an array",
        _ => "an object",
    };

    private static string Between(string what, int min, int max) => max == int.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"{what}, a whole number of at least {min}")
        : string.Create(CultureInfo.InvariantCulture, $"{what}, a whole number from {min} to {max}");
}

/// <summary>Reads a scalar; false when it will not do.</summary>
internal delegate bool TryRead<T>(HoconScalar scalar, out T value);
