using Cairn.Engine.Models.ShallowWater;

namespace Cairn.Engine.Runs;

/// <summary>Values as a spec writes them.</summary>
internal static partial class SpecText
{
    /// <summary>The spec's word for a kind; the words are settled here and nowhere else.</summary>
    public static string Word(Enum value) => value switch
    {
        DiagnosticKind.TorchScript => "torchscript",
        ShallowWaterScheme.PotentialEnstrophy => "potential-enstrophy",
        _ => Hyphenated(value.ToString()),
    };

    private static string Hyphenated(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>The largest unit that gives a whole number: 30m, 6h, 10d.</summary>
    public static string Duration(TimeSpan value)
    {
        (long Ticks, string Unit)[] units =
        [
            (TimeSpan.TicksPerDay, "d"), (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "m"),
            (TimeSpan.TicksPerSecond, "s"), (TimeSpan.TicksPerMillisecond, "ms"), (TimeSpan.TicksPerMicrosecond, "us"),
        ];
        foreach (var (ticks, unit) in units)
        {
            if (value.Ticks % ticks == 0)
                return (value.Ticks / ticks).ToString(CultureInfo.InvariantCulture) + unit;
        }
        return (value.Ticks * 100).ToString(CultureInfo.InvariantCulture) + "ns";
    }

    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string List(IReadOnlyList<string>? values) => values is null ? "all" : $"[{string.Join(", ", values)}]";

    /// <summary>A value as the comparison of specs and its digest have it: names without quotes.</summary>
    public static string Plain(JsonNode? value) => value switch
    {
        null => "null",
        JsonArray array => $"[{string.Join(", ", array.Select(Plain))}]",
        JsonObject map => $"[{string.Join(", ", map.Select(entry => $"{entry.Key} = {Inner(entry.Value)}"))}]",
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => text,
        _ => value.ToJsonString(),
    };

    /// <summary>A value in one line, as a spec writes it.</summary>
    public static string Hocon(JsonNode? value) => value switch
    {
        JsonArray array => $"[{string.Join(", ", array.Select(Hocon))}]",
        JsonObject { Count: 0 } => "{ }",
        JsonObject map => $"{{ {string.Join(", ", map.Select(entry => $"{Bare(entry.Key)} = {Hocon(entry.Value)}"))} }}",
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => Bare(text),
        _ => Plain(value),
    };

    private static string Inner(JsonNode? value) => value is JsonObject map
        ? string.Join(' ', map.Select(entry => $"{entry.Key} {Plain(entry.Value)}"))
        : Plain(value);

    private static string Bare(string text) => NeedsNoQuotes().IsMatch(text) ? text : HoconWriter.Quote(text);

    // Two slashes begin a comment.
    [GeneratedRegex(@"\A(?!include|.*//)[A-Za-z0-9_/][A-Za-z0-9_/.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NeedsNoQuotes();
}
