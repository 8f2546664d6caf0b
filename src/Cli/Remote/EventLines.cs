using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using Cairn.Api.Wire;
using Cairn.Cli.Tables;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Remote;

/// <summary>Events as lines for people.</summary>
internal static class EventLines
{
    private const string UnderTime = "          ";

    /// <summary>An event; on several lines if the terminal is too narrow.</summary>
    public static string Of(EventWire e) => Folded(Line(e), TerminalWidth.Now);

    /// <summary>
    /// Breaks a line between words and indents the rest under the text. A word that is wider than the terminal is not broken.
    /// </summary>
    /// <param name="line">A time and what happened.</param>
    /// <param name="width">Columns of the terminal; null for no limit.</param>
    internal static string Folded(string line, int? width)
    {
        var (folded, column) = (new StringBuilder(), 0);
        foreach (var word in line.Split(' '))
        {
            var breaks = column > UnderTime.Length && column + 1 + word.Length > (width ?? int.MaxValue);
            folded.Append(breaks ? $"\n{UnderTime}" : column > 0 ? " " : "").Append(word);
            column = (breaks ? UnderTime.Length : column > 0 ? column + 1 : 0) + word.Length;
        }

        return folded.ToString();
    }

    private static string Line(EventWire e)
    {
        var at = e.At.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var about = e.Part is null ? "" : RunTables.Name(e.Part, e.First, e.Last, e.Of) + ": ";
        var details = e.Detail.ValueKind == JsonValueKind.Object
            ? string.Join(", ", e.Detail.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null)
                .Select(Detail))
            : "";
        return $"{at}  {about}{e.Kind}{(details.Length > 0 ? $" ({details})" : "")}{(e.Node is { } node ? $" on {node}" : "")}";
    }

    private static string Detail(JsonProperty detail) => detail is { Name: "lead_time", Value.ValueKind: JsonValueKind.String }
        ? $"lead time {LeadTimeText.Of(XmlConvert.ToTimeSpan(detail.Value.GetString()!))}"
        : $"{detail.Name.Replace('_', ' ')} {detail.Value}";
}
