using System.Runtime.InteropServices;
using System.Text.Json;

namespace Cairn.Storage.State;

/// <summary>Reads tagged JSON as <see cref="PayloadParser"/> does, from a document that is cheap to make. It knows less: whatever is not
/// plain answers false, and the other reader decides.</summary>
internal static class PayloadElements
{
    public static bool TryMap(JsonElement items, Func<string, string> shared, out Dictionary<string, Payload> map)
    {
        map = new Dictionary<string, Payload>();
        if (items.ValueKind != JsonValueKind.Object)
            return false;

        foreach (var item in items.EnumerateObject())
        {
            if (!TryPayload(item.Value, shared, out var payload))
                return false;

            map.Add(shared(item.Name), payload);
        }

        return true;
    }

    /// <summary>A whole number that fits 64 bits and is written as one.</summary>
    public static bool TryWhole(JsonElement element, out long number)
    {
        number = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out number);
    }

    public static bool TryText(JsonElement element, out string text)
    {
        text = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        return element.ValueKind == JsonValueKind.String;
    }

    private static bool TryPayload(JsonElement element, Func<string, string> shared, out Payload payload)
    {
        payload = new ScalarPayload("none", null);
        if (element.ValueKind != JsonValueKind.Object || !Text(element, "kind", out var kind))
            return false;

        if (kind is "list" or "tuple")
        {
            var ok = element.TryGetProperty("items", out var list) & TrySequence(list, shared, out var items);
            payload = new SequencePayload(kind, items);
            return ok;
        }

        if (kind == "dict")
        {
            var ok = element.TryGetProperty("items", out var entries) & TryMap(entries, shared, out var map);
            payload = new DictPayload(map);
            return ok;
        }

        var known = TryScalar(kind, element, out var value);
        payload = new ScalarPayload(kind, value);
        return known;
    }

    private static bool TrySequence(JsonElement list, Func<string, string> shared, out List<Payload> items)
    {
        items = [];
        if (list.ValueKind != JsonValueKind.Array)
            return false;

        foreach (var element in list.EnumerateArray())
        {
            if (!TryPayload(element, shared, out var item))
                return false;

            items.Add(item);
        }

        return true;
    }

    private static bool TryScalar(string kind, JsonElement map, out object? value)
    {
        value = kind switch
        {
            "bool" when map.TryGetProperty("value", out var flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False =>
                map.GetProperty("value").GetBoolean(),
            "int" when Whole(map, "value", out var number) => number,
            "float" when Float(map, out var number) => number,
            "str" when Text(map, "value", out var text) => text,
            "datetime" when Text(map, "value", out var text) => PythonTime.ParseDateTime(text),
            "timedelta" when Whole(map, "days", out var days) && Whole(map, "seconds", out var seconds)
                && Whole(map, "microseconds", out var microseconds) => PythonTime.Span(days, seconds, microseconds),
            "np_datetime64" when Text(map, "value", out var text) && Text(map, "unit", out var unit) => new NumpyDateTime64(text, unit),
            "np_timedelta64" when Whole(map, "value", out var count) && Text(map, "unit", out var unit) =>
                new NumpyTimeDelta64(count, unit),
            _ => null,
        };
        return value is not null || kind == "none";
    }

    private static bool Text(JsonElement map, string key, out string text)
    {
        text = "";
        return map.TryGetProperty(key, out var element) && TryText(element, out text);
    }

    private static bool Whole(JsonElement map, string key, out long number)
    {
        number = 0;
        return map.TryGetProperty(key, out var element) && TryWhole(element, out number);
    }

    private static bool Float(JsonElement map, out double number)
    {
        number = 0;
        if (!map.TryGetProperty("value", out var element) || element.ValueKind != JsonValueKind.Number)
            return false;

        if (element.TryGetInt64(out var whole))
        {
            number = whole;
            return true;
        }

        // A whole number beyond 64 bits is no float, and what a double cannot hold is the other reader's matter.
        return JsonMarshal.GetRawUtf8Value(element).IndexOfAny(".eE"u8) >= 0 && element.TryGetDouble(out number) && double.IsFinite(number);
    }
}
