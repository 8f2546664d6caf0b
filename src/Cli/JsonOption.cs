using System.Collections;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Xml;
using Cairn.Api.Wire;
using Cairn.Storage.State;

namespace Cairn.Cli;

/// <summary><c>--json</c>: output for scripts. <c>docs/scripts.md</c> has the shapes.</summary>
internal sealed class JsonOption
{
    private static readonly JsonSerializerOptions Indented =
        WireJson.Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true });

    private readonly Option<bool> _option = new("--json") { Description = "Print JSON, for scripts." };

    public void AddTo(Command command) => command.Add(_option);

    public bool IsIn(ParseResult parsed) => parsed.GetValue(_option);

    /// <summary>Writes a whole document; names and words in snake_case, as in the HTTP API.</summary>
    public static void Write(TextWriter output, object document) => output.WriteLine(JsonSerializer.Serialize(document, Indented));

    /// <summary>A document on one line, for streams.</summary>
    public static string Line(object document) => JsonSerializer.Serialize(document, WireJson.Options);

    /// <summary>A duration as ISO 8601, P1DT6H.</summary>
    public static string? Duration(TimeSpan? time) => time is { } span ? XmlConvert.ToString(span) : null;

    /// <summary>A metadata value: JSON's own types unchanged, durations as ISO 8601, everything else as Python prints it.</summary>
    public static object? Value(object? value) => value switch
    {
        null or bool or int or long or string => value,
        double number => double.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture),
        TimeSpan time => Duration(time),
        IReadOnlyDictionary<string, object?> map => map.ToDictionary(e => e.Key, e => Value(e.Value), StringComparer.Ordinal),
        IEnumerable items => items.Cast<object?>().Select(Value).ToList(),
        _ => PythonText.Str(value),
    };
}
