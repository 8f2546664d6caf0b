using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Fields;

/// <summary>A layout as a JSON document, for kinds of stores whose format has no own form for it; and the checks of an existing store when
/// a run opens it.</summary>
public static class LayoutDocument
{
    private const int MostDifferences = 20;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The document; equal layouts give equal bytes.</summary>
    public static byte[] Write(FieldLayout layout) => Encoding.UTF8.GetBytes(ToJson(layout).ToJsonString(Indented) + "\n");

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The document.</param>
    /// <exception cref="DataException">It is damaged; the message names the file.</exception>
    public static FieldLayout Read(IDurableFiles files, string path)
    {
        try
        {
            using var stream = files.OpenRead(path);
            var layout = Of(JsonNode.Parse(stream)!.AsObject());
            layout.Validate();
            return layout;
        }
        catch (Exception e) when (e is JsonException or FormatException or SpecException
            or InvalidOperationException or NullReferenceException)
        {
            throw new DataException($"{path} describes no field store ({e.Message}); expected the document that Cairn wrote. Restore it, "
                + "or start the run over with --fresh.", e);
        }
    }

    /// <summary>What a store that is there holds once a run has opened it: members, initial times and lead times may grow, all else has to
    /// be as it is. It stays the run's that it is, and keeps what it says of where its fields come from.</summary>
    /// <param name="found">What it holds.</param>
    /// <param name="wanted">What the run asks for.</param>
    /// <param name="store">The store, as messages name it.</param>
    /// <exception cref="SpecException">It belongs to another run, or was made for another layout; every difference is named.</exception>
    public static FieldLayout Accept(FieldLayout found, FieldLayout wanted, string store)
    {
        if (found.Run is not null && wanted.Run is not null && found.Run != wanted.Run)
            throw new SpecException($"The field store {store} belongs to another run: it has run = {found.Run}, expected {wanted.Run}, by "
                + "all that shapes this run's numbers. Choose another output path, or move that store away.");

        var accepted = wanted with
        {
            Run = wanted.Run ?? found.Run,
            Provenance = wanted.Provenance?.After(found.Provenance) ?? found.Provenance,
        };
        var grown = found with
        {
            Members = Math.Max(found.Members, wanted.Members),
            LaterTimes = [.. found.LaterTimes, .. wanted.LaterTimes.Skip(found.LaterTimes.Count)],
            LeadTimes = [.. found.LeadTimes, .. wanted.LeadTimes.Skip(found.LeadTimes.Count)],
            Run = accepted.Run,
            Provenance = accepted.Provenance,
        };
        var (has, expected) = (ToJson(grown), ToJson(accepted));
        var differences = expected.Where(e => !JsonNode.DeepEquals(has[e.Key], e.Value))
            .Select(e => $"{e.Key}: found {Short(has[e.Key])}, expected {Short(e.Value)}").Take(MostDifferences).ToList();
        return differences.Count == 0 ? accepted : throw new SpecException(
            $"The field store {store} was made for another layout (it may grow, not shrink):\n  {string.Join("\n  ", differences)}\n"
            + "Choose another output path, start over with --fresh, or undo the change.");
    }

    private static string Short(JsonNode? value)
    {
        var text = value?.ToJsonString() ?? "nothing";
        return text.Length > 100 ? text[..100] + "…" : text;
    }

    private static JsonObject ToJson(FieldLayout layout)
    {
        var json = OfOneTime(layout);
        if (layout.LaterTimes.Count > 0)
            json["laterTimes"] = new JsonArray([.. layout.LaterTimes.Select(time => (JsonNode)time.ToString())]);

        return json;
    }

    private static JsonObject OfOneTime(FieldLayout layout) => new()
    {
        ["members"] = layout.Members,
        ["time"] = layout.Time.ToString(),
        ["calendar"] = CfCalendars.Name(layout.Time.Calendar),
        ["leadTimesSeconds"] = Numbers(layout.LeadTimes.Select(t => (long)t.TotalSeconds)),
        ["latitude"] = Numbers(layout.Latitude),
        ["longitude"] = Numbers(layout.Longitude),
        ["onPlane"] = layout.OnPlane,
        ["mesh"] = layout.Mesh is not { } mesh ? null : new JsonObject
        {
            ["nodeX"] = Numbers(mesh.NodeX), ["nodeY"] = Numbers(mesh.NodeY), ["nodeZ"] = Numbers(mesh.NodeZ),
            ["faceNodes"] = Numbers(mesh.FaceNodes),
        },
        ["variables"] = new JsonArray([.. layout.Variables.Select(ToJson)]),
        ["version"] = layout.Version,
        ["leadTimesPerChunk"] = layout.LeadTimesPerChunk,
        ["leadTimesPerShard"] = layout.LeadTimesPerShard,
        ["codec"] = layout.Codec.ToString(),
        ["compressionLevel"] = layout.CompressionLevel,
        ["gridNames"] = layout.GridNames.ToString(),
        ["precision"] = layout.Precision.ToString(),
        ["run"] = layout.Run,
        ["provenance"] = layout.Provenance?.ToJson(),
    };

    private static JsonNode ToJson(FieldVariable variable) => new JsonObject
    {
        ["name"] = variable.Name, ["units"] = variable.Units, ["longName"] = variable.LongName, ["standardName"] = variable.StandardName,
        ["overTime"] = variable.OverTime?.ToString(), ["keepBits"] = variable.KeepBits,
    };

    private static JsonArray Numbers<T>(IEnumerable<T> values) => new([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]);

    private static FieldLayout Of(JsonObject json) => new()
    {
        Members = json["members"]!.GetValue<int>(),
        Time = CfTime.Parse(Text(json, "time")!, CfCalendars.Parse(Text(json, "calendar")), out _),
        LaterTimes = [.. (json["laterTimes"] is null ? [] : List<string>(json, "laterTimes"))
            .Select(time => CfTime.Parse(time, CfCalendars.Parse(Text(json, "calendar")), out _))],
        LeadTimes = [.. List<long>(json, "leadTimesSeconds").Select(seconds => TimeSpan.FromSeconds(seconds))],
        Latitude = List<double>(json, "latitude"),
        Longitude = List<double>(json, "longitude"),
        OnPlane = json["onPlane"]!.GetValue<bool>(),
        Mesh = json["mesh"] is not JsonObject mesh ? null : new FieldMesh(
            List<double>(mesh, "nodeX"), List<double>(mesh, "nodeY"), List<double>(mesh, "nodeZ"), List<int>(mesh, "faceNodes")),
        Variables = [.. json["variables"]!.AsArray().Select(variable => VariableOf(variable!.AsObject()))],
        Version = json["version"]!.GetValue<int>(),
        LeadTimesPerChunk = json["leadTimesPerChunk"]!.GetValue<int>(),
        LeadTimesPerShard = json["leadTimesPerShard"]!.GetValue<int>(),
        Codec = Word<FieldCodec>(json, "codec"),
        CompressionLevel = json["compressionLevel"]!.GetValue<int>(),
        GridNames = Word<GridNames>(json, "gridNames"),
        Precision = Word<FieldPrecision>(json, "precision"),
        Run = Text(json, "run"),
        Provenance = Provenance.Read(json["provenance"] as JsonObject),
    };

    private static FieldVariable VariableOf(JsonObject json) =>
        new(Text(json, "name")!, Text(json, "units"), Text(json, "longName"), Text(json, "standardName"))
        {
            OverTime = json["overTime"] is null ? null : Word<TimeMethod>(json, "overTime"),
            KeepBits = json["keepBits"]?.GetValue<int>(),
        };

    private static string? Text(JsonObject json, string key) => json[key]?.GetValue<string>();
    private static T[] List<T>(JsonObject json, string key) => [.. json[key]!.AsArray().Select(value => value!.GetValue<T>())];

    private static T Word<T>(JsonObject json, string key)
        where T : struct, Enum => Enum.TryParse<T>(Text(json, key), out var word) && Enum.IsDefined(word)
            ? word
            : throw new FormatException($"{key} is {Text(json, key)}");
}
