namespace Cairn.Engine.Models.Onnx;

/// <summary>The setting <c>model.networks</c>, a list of objects.</summary>
internal static class OnnxNetworks
{
    /// <summary>Its key. What networks cover is compared by it, and their files by keys of their own.</summary>
    internal const string Key = "model.networks";

    private static readonly string[] Settings = ["path", "covers"];
    private static readonly SettingType<string> Path = InputFile("an ONNX file");
    private static readonly SettingType<TimeSpan> Covers = Duration("24h");

    /// <summary>What it takes: two networks or more, kept with the shortest first.</summary>
    internal static SettingType<IReadOnlyList<OnnxNetwork>> Type { get; } = new(
        "list of objects", "a list of at least two networks, such as [{ path = a.onnx, covers = 6h }, { path = b.onnx, covers = 24h }]",
        (SettingReader reader, string key, HoconValue value, out IReadOnlyList<OnnxNetwork> networks) =>
        {
            networks = [];
            if (value is not HoconArray { Items.Count: > 1 } list || list.Items.Any(item => item is not HoconObject))
                return false;
            var read = list.Items.Cast<HoconObject>().Select((item, i) => Read(reader.Within(item, $"{key}[{i}]."), item)).ToList();
            // What is wrong in one is noted, and would only seem to be wrong with the schedule besides.
            networks = read.Contains(null) ? [] : [.. read.OfType<OnnxNetwork>().OrderBy(network => network.Covers)];
            return true;
        },
        networks => networks.Count == 0 ? null : new JsonArray([.. networks.Select(Write)]))
    {
        Otherwise = [],
        InputFiles = (key, networks) => networks.Select(network => File(key, network)),
    };

    /// <summary>What a resume, and a branch, have to find as it was: a state holds those that the networks begin from.</summary>
    internal static IEnumerable<SpecEntry> Compared(OnnxSpec spec) => spec.Networks.Count == 0 ? []
        : [new SpecEntry(Key, SpecText.List([.. spec.Networks.Select(network => SpecText.Duration(network.Covers))]))];

    /// <summary>The files of a model by setting.</summary>
    internal static IEnumerable<SpecEntry> Files(OnnxSpec spec) => spec.Networks.Count == 0
        ? [new SpecEntry("model.path", spec.Path)]
        : spec.Networks.Select(network => File(Key, network));

    /// <summary>By what it covers: whatever their order and number.</summary>
    private static SpecEntry File(string key, OnnxNetwork network) =>
        new($"{key}.{SpecText.Duration(network.Covers)}.path", network.Path);

    private static OnnxNetwork? Read(SettingReader reader, HoconObject item)
    {
        var mistakes = reader.Mistakes.Count;
        foreach (var name in item.Keys.Except(Settings))
            reader.Wrong(name, item[name], "an unknown setting", $"one of {string.Join(", ", Settings)}");
        var network = new OnnxNetwork(
            reader.Read("path", Path, "", isRequired: true), reader.Read("covers", Covers, TimeSpan.Zero, isRequired: true));
        return reader.Mistakes.Count == mistakes ? network : null;
    }

    private static JsonObject Write(OnnxNetwork network) =>
        new() { ["path"] = Path.Write(network.Path), ["covers"] = Covers.Write(network.Covers) };
}
