using System.Globalization;
using System.Text.Json;
using System.Xml;
using Cairn.Api.Wire;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Remote;

/// <summary>Events as lines for people.</summary>
internal static class EventLines
{
    public static string Of(EventWire e)
    {
        var at = e.At.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var about = e.Part is null ? "" : RunTables.Name(e.Part, e.First, e.Last) + ": ";
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
