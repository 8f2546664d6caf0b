namespace Cairn.Engine.Settings;

/// <summary>Reads a value; false when it is not as expected. What is wrong in a part of it may be noted here, and is then no reason to
/// answer false.</summary>
public delegate bool TryRead<T>(SettingReader reader, string key, HoconValue value, out T read);

/// <summary>What values a setting takes, how they are read, and how they are written as JSON.</summary>
/// <param name="Name">What a value is, in a word or two.</param>
/// <param name="Expected">What a value has to be, as a mistake says it.</param>
/// <param name="TryRead">Reads a value.</param>
/// <param name="Write">Writes a value; null where there is nothing to write.</param>
public sealed record SettingType<T>(string Name, string Expected, TryRead<T> TryRead, Func<T, JsonNode?> Write)
{
    /// <summary>What is read in place of a value that is missing though required.</summary>
    public T Otherwise { get; init; } = default!;

    /// <summary>The values that there are; empty where they are not listed.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>What is compared of a value, by key; null for the value as a whole.</summary>
    internal Func<string, JsonNode, IEnumerable<SpecEntry>>? Entries { get; init; }

    /// <summary>The files that a value names for the run to read, by key; null for a type that names none.</summary>
    public Func<string, T, IEnumerable<SpecEntry>>? InputFiles { get; init; }
}

/// <summary>The types that several settings have.</summary>
public static class SettingTypes
{
    /// <summary>Reads a scalar; false when it is not as expected.</summary>
    public delegate bool TryReadScalar<T>(HoconScalar scalar, out T read);

    /// <summary>A type of scalars.</summary>
    public static SettingType<T> Scalar<T>(string name, string expected, TryReadScalar<T> tryRead, Func<T, JsonNode?> write) => new(
        name, expected,
        (SettingReader _, string _, HoconValue value, out T read) =>
        {
            read = default!;
            return value is HoconScalar scalar && tryRead(scalar, out read);
        },
        write);

    /// <summary>The same values, or none at all.</summary>
    public static SettingType<T?> Maybe<T>(SettingType<T> type)
        where T : struct => new(
            type.Name, type.Expected,
            (SettingReader reader, string key, HoconValue value, out T? read) =>
            {
                var isGood = type.TryRead(reader, key, value, out var given);
                read = given;
                return isGood;
            },
            value => value is { } given ? type.Write(given) : null)
        {
            Words = type.Words, Entries = type.Entries,
        };

    /// <summary>The same values, or a word that stands for none.</summary>
    internal static SettingType<T?> Or<T>(string word, SettingType<T> type, string expected)
        where T : struct => new(
            $"{type.Name} or {word}", expected,
            (SettingReader reader, string key, HoconValue value, out T? read) =>
            {
                read = null;
                // JSON and YAML say false where HOCON says off.
                if (value is HoconScalar scalar
                    && (scalar.Text == word || (word == "off" && scalar is { Kind: HoconScalarKind.Boolean, Text: "false" })))
                {
                    return true;
                }
                var isGood = type.TryRead(reader, key, value, out var given);
                read = isGood ? given : null;
                return isGood;
            },
            value => value is { } given ? type.Write(given) : word);

    /// <summary>One of an enumeration's words.</summary>
    public static SettingType<T> Word<T>()
        where T : struct, Enum
    {
        var words = Enum.GetValues<T>().ToDictionary(v => SpecText.Word(v), v => v);
        var text = OneOf([.. words.Keys]);
        return Scalar(
            text.Name, text.Expected, (HoconScalar scalar, out T word) => words.TryGetValue(scalar.Text, out word), v => SpecText.Word(v))
            with { Words = text.Words };
    }

    /// <summary>One of some words.</summary>
    public static SettingType<string> OneOf(IReadOnlyList<string> words) =>
        Text(words.Count == 1 ? words[0] : "one of " + string.Join(", ", words), words.Contains) with { Name = "word", Words = words };

    public static SettingType<bool> Flag { get; } = Scalar("true or false", "true or false",
        (HoconScalar scalar, out bool value) => scalar.TryBoolean(out value) || bool.TryParse(scalar.Text, out value), value => value);

    public static SettingType<int> Integer(string what, int min, int max = int.MaxValue) => Scalar(
        "whole number", Between(what, min, max),
        (HoconScalar scalar, out int number) =>
        {
            var isGood = scalar.TryInt64(out var wide) && wide >= min && wide <= max;
            number = isGood ? (int)wide : min;
            return isGood;
        },
        value => value) with
    {
        Otherwise = min,
        Words = max - (long)min < 3 ? [.. Enumerable.Range(min, max - min + 1).Select(n => n.ToString(CultureInfo.InvariantCulture))] : [],
    };

    internal static SettingType<int?> IntegerOr(string word, string what) =>
        Or(word, Integer(what, 1), $"{Between(what, 1, int.MaxValue)}, or {word}");

    /// <summary>Whole numbers of 64 bits, which seeds are.</summary>
    public static SettingType<long> Seed { get; } = Scalar(
        "whole number", "a whole number that fits 64 bits with sign", (HoconScalar scalar, out long value) => scalar.TryInt64(out value),
        value => value);

    /// <param name="expected">What a number has to be.</param>
    /// <param name="isGood">Whether it is.</param>
    public static SettingType<double> Number(string expected, Func<double, bool>? isGood = null) => Scalar(
        "number", expected,
        (HoconScalar scalar, out double number) =>
            scalar.TryDouble(out number) && double.IsFinite(number) && isGood?.Invoke(number) != false,
        value => value);

    /// <summary>A duration greater than zero.</summary>
    public static SettingType<TimeSpan> Duration(string example) =>
        Duration($"a duration greater than zero with its unit, such as {example}", value => value > TimeSpan.Zero);

    /// <param name="expected">What a duration has to be.</param>
    /// <param name="isGood">Whether it is.</param>
    public static SettingType<TimeSpan> Duration(string expected, Func<TimeSpan, bool> isGood) => Scalar(
        "duration", expected,
        (HoconScalar scalar, out TimeSpan value) => scalar.TryDuration(out value, unitRequired: true) && isGood(value),
        value => value == TimeSpan.Zero ? "0h" : SpecText.Duration(value));

    public static SettingType<string> Text(string expected, Func<string, bool>? isGood = null) => Scalar(
        "text", expected,
        (HoconScalar scalar, out string text) =>
        {
            text = scalar.Text;
            return text.Length > 0 && isGood?.Invoke(text) != false;
        },
        text => text) with { Otherwise = "" };

    /// <summary>A text, or none at all; <c>""</c> is none.</summary>
    public static SettingType<string?> MaybeText(string expected, Func<string, bool>? isGood = null) => Scalar(
        "text", expected,
        (HoconScalar scalar, out string? text) =>
        {
            text = scalar.Text.Length == 0 ? null : scalar.Text;
            return text is null || isGood?.Invoke(text) != false;
        },
        text => text);

    /// <summary>A list of different names; null for one that is not given.</summary>
    public static SettingType<IReadOnlyList<string>?> Names { get; } = new(
        "list of names", "a list of different names, such as [u, v]", TryNames, names => names is null ? null : List(names));

    /// <summary>A list of texts, which may be empty.</summary>
    public static SettingType<IReadOnlyList<string>> Texts { get; } = new(
        "list of texts", "a list of texts, [\"…\"]; [] for none",
        (SettingReader _, string _, HoconValue value, out IReadOnlyList<string> texts) =>
        {
            texts = value is HoconArray array ? [.. array.Items.OfType<HoconScalar>().Select(s => s.Text)] : [];
            return value is HoconArray list && list.Items.Count == texts.Count && texts.All(t => t.Length > 0);
        },
        List) { Otherwise = [] };

    /// <summary>A list of different durations, which may be empty.</summary>
    public static SettingType<IReadOnlyList<TimeSpan>> Spans { get; } = new(
        "list of durations", "a list of different durations greater than zero with their units, such as [6h, 12h]",
        (SettingReader _, string _, HoconValue value, out IReadOnlyList<TimeSpan> spans) =>
        {
            var read = new List<TimeSpan>();
            spans = read;
            foreach (var item in (value as HoconArray)?.Items ?? [])
            {
                if (item is not HoconScalar scalar || !scalar.TryDuration(out var span, unitRequired: true) || span <= TimeSpan.Zero)
                    return false;
                read.Add(span);
            }
            return value is HoconArray && read.Distinct().Count() == read.Count;
        },
        spans => List([.. spans.Select(SpecText.Duration)])) { Otherwise = [] };

    /// <summary>A file that the run reads; see <see cref="SpecPaths"/>.</summary>
    public static SettingType<string> InputFile(string what) => new(
        "file", $"the path of {what}", Noting((reader, key, value) => SpecPaths.Input(reader, key, value, what)), path => path)
    {
        Otherwise = "", InputFiles = (key, path) => [new SpecEntry(key, path)],
    };

    /// <summary>The same; null for one that is not given.</summary>
    public static SettingType<string?> MaybeInputFile(string what) => new(
        "file", $"the path of {what}",
        Noting<string?>((reader, key, value) => SpecPaths.Input(reader, key, value, what) is { Length: > 0 } path ? path : null),
        path => path)
    {
        InputFiles = (key, path) => path is null ? [] : [new SpecEntry(key, path)],
    };

    /// <summary>A field store that the run reads.</summary>
    internal static SettingType<string> InputStore() => new(
        "folder", SpecPaths.StoreExpected, Noting(SpecPaths.InputStore), path => path) { Otherwise = "" };

    /// <summary>A folder that the run writes.</summary>
    internal static SettingType<string> OutputFolder(string what) => new(
        "folder", $"the path of {what}", Noting((reader, key, value) => SpecPaths.Output(reader, key, value, what)), path => path)
    {
        Otherwise = "",
    };

    /// <summary>A file that the run writes; null for one that is not given.</summary>
    internal static SettingType<string?> OutputFile(string what) => new(
        "file", $"the path of {what}", Noting((reader, key, value) => SpecPaths.OutputFile(reader, key, value, what)), path => path);

    /// <summary>What is compared of an object: each of its entries.</summary>
    internal static IEnumerable<SpecEntry> ByKey(string key, JsonNode value) =>
        value.AsObject().Select(entry => new SpecEntry($"{key}.{entry.Key}", SpecText.Plain(entry.Value)));

    /// <summary>The same in the order of the names, for objects that may have them in any.</summary>
    internal static IEnumerable<SpecEntry> BySortedKey(string key, JsonNode value) =>
        ByKey(key, value).OrderBy(entry => entry.Key, StringComparer.Ordinal);

    internal static JsonArray List(IReadOnlyList<string> values) => new([.. values.Select(v => (JsonNode?)v)]);

    /// <summary>A value as JSON, numbers with the digits that they were written with.</summary>
    internal static JsonNode? ToJson(HoconValue value) => value switch
    {
        HoconObject map => new JsonObject(map.Keys.Select(key => KeyValuePair.Create(key, ToJson(map[key])))),
        HoconArray array => new JsonArray([.. array.Items.Select(ToJson)]),
        HoconScalar { Kind: HoconScalarKind.Text } scalar => JsonValue.Create(scalar.Text),
        HoconScalar scalar => JsonNode.Parse(scalar.Text),
        _ => throw new InvalidOperationException($"{value.GetType().Name} is not a HOCON value."),
    };

    /// <summary>Notes by itself what is wrong.</summary>
    internal static TryRead<T> Noting<T>(Func<SettingReader, string, HoconValue, T> read) =>
        (SettingReader reader, string key, HoconValue value, out T path) =>
        {
            path = read(reader, key, value);
            return true;
        };

    /// <summary>Two numbers in brackets, or null when they are wrong.</summary>
    internal static (double First, double Second)? Pair(
        SettingReader reader, string key, HoconValue value, string expected, Func<double, double, bool> isGood)
    {
        if (value is HoconArray { Items: [HoconScalar a, HoconScalar b] } && a.TryDouble(out var first) && b.TryDouble(out var second)
            && isGood(first, second))
        {
            return (first, second);
        }
        reader.Wrong(key, value, expected);
        return null;
    }

    private static bool TryNames(SettingReader reader, string key, HoconValue value, out IReadOnlyList<string>? names)
    {
        names = value is HoconArray array ? [.. array.Items.OfType<HoconScalar>().Select(s => s.IsNull ? "" : s.Text)] : [];
        return value is HoconArray { Items.Count: > 0 } list && names.Count == list.Items.Count
            && names.All(n => n.Length > 0) && names.Distinct().Count() == names.Count;
    }

    private static string Between(string what, int min, int max) => max == int.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"{what}, a whole number of at least {min}")
        : string.Create(CultureInfo.InvariantCulture, $"{what}, a whole number from {min} to {max}");
}
