using System.Text.Json.Nodes;
using Cairn.Engine.Models.Onnx;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads what an ONNX file takes besides, and writes it again.</summary>
internal static class OnnxModelReader
{
    private const string Inputs = "model.inputs";
    private const string Outputs = "model.outputs";
    private const string Previous = "model.previous";
    private const string Scales = "model.normalisation";

    public static OnnxSpec Read(SettingReader reader, InitialSpec initial)
    {
        var path = SpecPaths.Input(reader, "model.path", "an ONNX file");
        List<OnnxTensor> inputs = Tensors(reader, Inputs) is { Count: > 0 } given ? given : [new("", initial.VariableNames)];
        foreach (var input in inputs)
        {
            SpecChecks.AreAmong(reader, $"{Inputs}.{input.Name}", input.Variables, initial.VariableNames, "initial.variables");
        }

        List<OnnxPrevious> previous = [.. Entries(reader, Previous, "an object of variables by variable, such as { u-before = u }")
            .Select(e => new OnnxPrevious(e.Name, Name(reader, $"{Previous}.{e.Name}", e.Value)))];
        var outputs = Tensors(reader, Outputs);
        if (outputs.Count == 0 && inputs.Count == 1)
        {
            outputs = [new("", [.. inputs[0].Variables.Except(previous.Select(p => p.Variable), StringComparer.Ordinal)])];
        }

        var mapping = new OnnxMapping(inputs, outputs)
        {
            Previous = previous,
            Scales = [.. Entries(reader, Scales, "an object of constants by variable, such as { u = [1.5, 9.3] }")
                .Select(e => Scale(reader, e.Name, e.Value)).OfType<OnnxScale>()],
        };
        Check(reader, mapping);
        return new OnnxSpec(path, mapping, reader.Word<OnnxMembers>("model.members", OnnxMembers.Alone) ?? default);
    }

    public static void AddTo(JsonObject json, OnnxSpec onnx)
    {
        json["path"] = onnx.Path;
        json["inputs"] = Tensors(onnx.Mapping.Inputs);
        json["outputs"] = Tensors(onnx.Mapping.Outputs);
        json["previous"] = new JsonObject(onnx.Mapping.Previous.Select(p => KeyValuePair.Create(p.Variable, (JsonNode?)p.Of)));
        json["normalisation"] = new JsonObject(
            onnx.Mapping.Scales.Select(s => KeyValuePair.Create(s.Variable, (JsonNode?)new JsonArray(s.Mean, s.Deviation))));
        json["members"] = SpecText.Word(onnx.Members);
    }

    /// <summary>What must be equal when a run is resumed, besides the contents of its files.</summary>
    public static IEnumerable<SpecEntry> Numerics(OnnxSpec onnx) =>
    [
        .. onnx.Mapping.Inputs.Select(t => new SpecEntry($"{Inputs}.{t.Name}", SpecText.List(t.Variables))),
        .. onnx.Mapping.Outputs.Select(t => new SpecEntry($"{Outputs}.{t.Name}", SpecText.List(t.Variables))),
        .. onnx.Mapping.Previous.Select(p => new SpecEntry($"{Previous}.{p.Variable}", p.Of)),
        .. onnx.Mapping.Scales.OrderBy(s => s.Variable, StringComparer.Ordinal).Select(s =>
            new SpecEntry($"{Scales}.{s.Variable}", $"[{SpecText.Number(s.Mean)}, {SpecText.Number(s.Deviation)}]")),
        new("model.members", SpecText.Word(onnx.Members)),
    ];

    /// <summary>Without a tensor that was not named: reading it again finds the same.</summary>
    private static JsonObject Tensors(IReadOnlyList<OnnxTensor> tensors) => new(tensors.Where(t => t.Name.Length > 0).Select(t =>
        KeyValuePair.Create(t.Name, (JsonNode?)new JsonArray([.. t.Variables.Select(v => (JsonNode?)v)]))));

    private static List<OnnxTensor> Tensors(SettingReader reader, string key)
    {
        const string expected = "an object of lists of variables by tensor, such as { input = [u, v] }";
        return [.. Entries(reader, key, expected).Select(e => (e.Name, Variables: reader.Names($"{key}.{e.Name}", e.Value)))
            .Where(t => t.Variables is not null).Select(t => new OnnxTensor(t.Name, t.Variables!))];
    }

    private static IEnumerable<(string Name, HoconValue Value)> Entries(SettingReader reader, string key, string expected)
    {
        switch (reader.Find(key))
        {
            case null:
                return [];
            case HoconObject map:
                return map.Keys.Select(name => (name, map[name]!));
            case var value:
                reader.Wrong(key, value, expected);
                return [];
        }
    }

    private static string Name(SettingReader reader, string key, HoconValue value)
    {
        if (value is HoconScalar { Text: { Length: > 0 } name })
        {
            return name;
        }

        reader.Wrong(key, value, "the name of a variable");
        return "";
    }

    private static OnnxScale? Scale(SettingReader reader, string variable, HoconValue value)
    {
        const string expected = "[mean, deviation], two finite numbers, the deviation above 0";
        return reader.Pair($"{Scales}.{variable}", value, expected,
            (mean, deviation) => double.IsFinite(mean) && double.IsFinite(deviation) && deviation > 0) is { } pair
            ? new OnnxScale(variable, pair.First, pair.Second) : null;
    }

    /// <summary>Notes what the settings make of the step together, unless one of them is wrong by itself.</summary>
    private static void Check(SettingReader reader, OnnxMapping mapping)
    {
        if (mapping.State.Count == 0 || reader.Mistakes.Any(m => m.Key.StartsWith("model.", StringComparison.Ordinal)))
        {
            return;
        }

        foreach (var (found, expected) in mapping.Mistakes())
        {
            var at = ((string[])[Outputs, Previous, Inputs]).FirstOrDefault(key => reader.Find(key) is not null) ?? "model.path";
            reader.Wrong(at, reader.Find(at), found, expected);
        }
    }
}
