using System.Globalization;
using System.Text.Json;
using Cairn.Api.Wire;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Remote;

/// <summary>Events as lines for people.</summary>
internal static class EventLines
{
    public static string Of(EventWire e)
    {
        var at = e.At.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var about = e.Part is null ? "" : RunTables.Name(e.Part, e.First, null) + ": ";
        var details = e.Detail.ValueKind == JsonValueKind.Object
            ? string.Join(", ", e.Detail.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null)
                .Select(Detail))
            : "";
        return $"{at}  {about}{e.Kind}{(details.Length > 0 ? $" ({details})" : "")}{(e.Node is { } node ? $" on {node}" : "")}";
    }

    private static string Detail(JsonProperty detail) => detail is { Name: "lead_time_s", Value.ValueKind: JsonValueKind.Number }
        ? $"lead time {LeadTimeText.Of(TimeSpan.FromSeconds(detail.Value.GetDouble()))}"
        : $"{detail.Name.Replace('_', ' ')} {detail.Value}";
}
