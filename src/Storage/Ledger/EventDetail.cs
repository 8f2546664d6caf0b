using System.Text.Json;

namespace Cairn.Storage.Ledger;

/// <summary>What an event has to say beyond its kind: a JSON object.</summary>
internal static class EventDetail
{
    public const string None = "{}";

    public static string Of(params (string Name, object? Value)[] values) =>
        JsonSerializer.Serialize(values.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal));
}
