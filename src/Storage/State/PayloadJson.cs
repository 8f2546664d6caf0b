using System.Numerics;
using System.Security.Cryptography;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.State;

/// <summary>Payload trees as the format's tagged JSON.</summary>
internal static class PayloadJson
{
    // The lenient encoding would give several keys one name.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The folder or file name for a state id or a dictionary key.</summary>
    /// <exception cref="CheckpointSerializationException">The text has no UTF-8: it holds half a surrogate pair.</exception>
    public static string ShortName(string text)
    {
        try
        {
            return Convert.ToHexStringLower(SHA256.HashData(Strict.GetBytes(text)))[..24];
        }
        catch (EncoderFallbackException e)
        {
            throw new CheckpointSerializationException(
                $"The key {PythonText.Repr(text)} holds half a surrogate pair, and so cannot name a file; use another key.", e);
        }
    }

    /// <summary>Encodes <paramref name="payload"/>; each captured array goes to <paramref name="stage"/> with its path, which begins with
    /// <paramref name="path"/> and follows the nesting.</summary>
    public static JObject Encode(Payload payload, string path, Action<string, NdArray> stage) => payload switch
    {
        ScalarPayload scalar => Leaf(scalar),
        CapturedArray captured => Array(captured, path + ".npy", stage),
        SequencePayload sequence => new JObject
        {
            ["kind"] = sequence.Kind,
            ["items"] = new JArray(sequence.Items.Select(
                (item, i) => Encode(item, string.Create(CultureInfo.InvariantCulture, $"{path}/{i}"), stage))),
        },
        DictPayload map => new JObject
        {
            ["kind"] = "dict",
            ["items"] = Map(map.Items, key => $"{path}/{ShortName(key)}", stage),
        },
        DataclassPayload nested => new JObject
        {
            ["kind"] = "dataclass",
            ["state_id"] = nested.StateId,
            ["schema_hash"] = nested.SchemaHash,
            ["fields"] = Map(nested.Fields, name => $"{path}/{name}", stage),
        },
        _ => throw new CheckpointSerializationException(
            $"A payload of kind '{payload.Kind}' was read from disk and cannot be written again."),
    };

    public static JObject Map(IReadOnlyDictionary<string, Payload> items, Func<string, string> pathOf, Action<string, NdArray> stage)
    {
        var map = new JObject();
        foreach (var (key, item) in items)
            map[key] = Encode(item, pathOf(key), stage);

        return map;
    }

    /// <summary>The JSON of a scalar in its tagged form.</summary>
    public static JObject Leaf(ScalarPayload scalar)
    {
        var leaf = new JObject { ["kind"] = scalar.Kind };
        switch (scalar.Value)
        {
            case null:
                break;
            case TimeSpan span:
                var (days, seconds, microseconds) = PythonTime.Parts(span);
                leaf["days"] = days;
                leaf["seconds"] = seconds;
                leaf["microseconds"] = microseconds;
                break;
            case NumpyTimeDelta64 delta:
                leaf["value"] = delta.Value;
                leaf["unit"] = delta.Unit;
                break;
            case NumpyDateTime64 time:
                leaf["value"] = time.Value;
                leaf["unit"] = time.Unit;
                break;
            default:
                leaf["value"] = new JValue(Plain(scalar.Value));
                break;
        }

        return leaf;
    }

    private static object Plain(object value) => value switch
    {
        DateTimeOffset aware => PythonTime.Iso(aware),
        DateTime naive => PythonTime.Iso(naive, "T"),
        DateOnly date => PythonTime.Iso(date),
        TorchDeviceName or TorchDTypeName or NumpyDTypeName => value.ToString()!,
        _ => value,
    };

    private static JObject Array(CapturedArray captured, string path, Action<string, NdArray> stage)
    {
        stage(path, captured.Array);
        return new JObject
        {
            ["kind"] = captured.Kind,
            ["path"] = path,
            ["dtype"] = captured.DType.Name,
            ["shape"] = new JArray(captured.Shape),
        };
    }
}
