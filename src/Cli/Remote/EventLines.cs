using System.Globalization;
using System.Text.Json;
using Cairn.Api.Wire;

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
                .Select(p => $"{p.Name.Replace('_', ' ')} {p.Value}"))
            : "";
        return $"{at}  {about}{e.Kind}{(details.Length > 0 ? $" ({details})" : "")}{(e.Node is { } node ? $" on {node}" : "")}";
    }
}
