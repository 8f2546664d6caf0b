using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary>One file of a commit as its manifest lists it.</summary>
internal sealed record StagedFile(string Path, long Bytes, uint Crc32C);

/// <summary>A state's place in its commit.</summary>
internal sealed record ManifestState(string Path, string SchemaHash);

/// <summary>A commit's <c>manifest.json</c>, written by Cairn or by Earth2Studio.</summary>
internal sealed record Manifest
{
    public const int Version = 1;

    // A commit of many members lists many files, and each is looked up.
    private Dictionary<string, StagedFile>? _listed;

    public required CheckpointRow Row { get; init; }
    public required IReadOnlyDictionary<string, Payload> Metadata { get; init; }

    /// <summary>The folder that metadata's array paths begin at: <c>metadata</c>, in older commits <c>artifacts</c>.</summary>
    public string MetadataFolder { get; init; } = "metadata";
    public required IReadOnlyDictionary<string, ManifestState> States { get; init; }

    /// <summary>Every other file of the commit, or null if Earth2Studio wrote it.</summary>
    public IReadOnlyList<StagedFile>? Files { get; init; }

    /// <summary>The file that is listed under a path; null when none is.</summary>
    public StagedFile? Listed(string path) => (_listed ??= Index()).GetValueOrDefault(path);

    /// <summary>The places of sharded fields in the global domain, by <c>state_id.field</c>.</summary>
    public IReadOnlyDictionary<string, ShardPlace> Shards { get; init; } = new Dictionary<string, ShardPlace>();
    public required JObject Labels { get; init; }

    /// <summary>The row's place in its catalog, as the lineage needs it.</summary>
    public Sessions.SessionNode Node =>
        new(Row.CommitId, Row.Epoch, Row.Sequence, Row.Parent, SavedAtOrNull(Row.SavedAt) ?? DateTimeOffset.MinValue);

    /// <summary>Parses a manifest. Arrays in its metadata are read through <paramref name="load"/>, given their folder.</summary>
    /// <exception cref="DataException">The manifest is damaged, or not of the directory that it lies in.</exception>
    /// <param name="sealHolds">Whether the bytes that <paramref name="map"/> was read from are known to be those that were sealed.</param>
    public static Manifest Parse(
        JObject map, string directory, bool inFallback, bool sealHolds, Func<string, StoredArray, Arrays.NdArray> load)
    {
        var path = System.IO.Path.Combine(directory, "manifest.json");
        if (!sealHolds)
            ManifestSeal.RequireUnsealed(map, path);

        if (map.Int("version", path, Version) != Version)
            throw JsonFields.Wrong(map, "version", path, $"{Version}; a newer version wrote it");

        var legacy = map["metadata"] is null;
        var folder = legacy ? "artifacts" : "metadata";
        var payloads = PayloadParser.Map(map.MapOrEmpty(folder, path), path);
        var values = MetadataValues.Natural(payloads, stored => load(folder, stored));
        var keys = payloads.Keys.ToList();
        if (map["lead_time"] is { } leadTime && !values.ContainsKey("lead_time"))
        {
            values["lead_time"] = RowJson.Decode(leadTime, path);
            payloads["lead_time"] = StateCapture.Value(values["lead_time"], "lead_time");
            keys.Add("lead_time");
        }

        var states = ParseStates(map, path);
        return new Manifest
        {
            Row = ParseRow(map, directory, inFallback, path) with { Metadata = values, MetadataKeys = keys, StateIds = [.. states.Keys] },
            Metadata = payloads,
            MetadataFolder = folder,
            States = states,
            Files = ParseFiles(map, path),
            Shards = ShardJson.Parse(map, path),
            Labels = map.MapOrEmpty("labels", path),
        };
    }

    private Dictionary<string, StagedFile> Index()
    {
        var listed = new Dictionary<string, StagedFile>();
        foreach (var file in Files ?? [])
            _ = listed.TryAdd(file.Path, file);

        return listed;
    }

    private static CheckpointRow ParseRow(JObject map, string directory, bool inFallback, string path)
    {
        var id = map.Text("commit_id", path);
        var savedAt = map.Text("saved_at", path);
        var row = new CheckpointRow
        {
            CommitId = id == System.IO.Path.GetFileName(directory)
                ? id
                : throw JsonFields.Wrong(map, "commit_id", path, "the name of its directory"),
            Directory = directory,
            CheckpointName = map.TextOrNull("checkpoint", path) ?? "",
            Mode = map.TextOrNull("mode", path) == "append" ? CheckpointMode.Append : CheckpointMode.Overwrite,
            Labels = map.MapOrEmpty("labels", path).Properties()
                .ToDictionary(p => p.Name, p => RowJson.Decode(p.Value, path)),
            Metadata = new Dictionary<string, object?>(),
            MetadataKeys = [],
            WriteCount = map.Int("write_count", path, 0),
            SavedAt = savedAt,
            Rank = map.Int("rank", path, 0),
            WorldSize = map.Int("world_size", path, 1),
            StateIds = [],
            Epoch = map.Int("epoch", path, 0),
            Sequence = map["sequence"] is null ? null : map.Whole("sequence", path),
            Parent = map.TextOrNull("parent", path),
            Fingerprint = map["fingerprint"] is JObject prints
                ? prints.Properties().ToDictionary(p => p.Name, p => prints.Text(p.Name, path))
                : null,
            SpecDigest = map.TextOrNull("spec_digest", path),
            InFallback = inFallback,
        };
        return PythonTime.ParseDateTime(savedAt) is null
            ? throw JsonFields.Wrong(map, "saved_at", path, "an ISO 8601 time")
            : row;
    }

    /// <summary>The time stamp of a row; null if it is not a time.</summary>
    public static DateTimeOffset? SavedAtOrNull(string text) => PythonTime.ParseDateTime(text) switch
    {
        DateTimeOffset aware => aware,
        DateTime naive => new DateTimeOffset(naive, TimeSpan.Zero),
        _ => null,
    };

    private static Dictionary<string, ManifestState> ParseStates(JObject map, string path)
    {
        var states = new Dictionary<string, ManifestState>();
        foreach (var property in map.MapOrEmpty("states", path).Properties())
        {
            var state = property.Value as JObject ?? throw new DataException($"{path}: the state '{property.Name}' is not an object.");
            states[property.Name] = new ManifestState(state.Text("path", path), state.Text("schema_hash", path));
        }

        return states;
    }

    private static List<StagedFile>? ParseFiles(JObject map, string path)
    {
        if (map["files"] is null)
            return null;

        return [.. map.List("files", path).Select(item =>
        {
            var file = item as JObject ?? throw JsonFields.Wrong(map, "files", path, "a list of objects");
            var crc = file.Text("crc32c", path);
            return uint.TryParse(crc, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var digest) && crc.Length == 8
                ? new StagedFile(file.Text("path", path), file.Whole("bytes", path), digest)
                : throw JsonFields.Wrong(file, "crc32c", path, "eight hexadecimal digits");
        })];
    }
}

/// <summary>Builds the JSON of a manifest that is about to be committed.</summary>
internal static class ManifestJson
{
    public static JObject Build(CommitRequest request, string savedAt, JObject metadata, JObject states, IReadOnlyList<StagedFile> files)
    {
        var map = new JObject
        {
            ["version"] = Manifest.Version,
            ["checkpoint"] = request.CheckpointName,
            ["commit_id"] = request.CommitId,
            ["mode"] = request.Mode == CheckpointMode.Append ? "append" : "overwrite",
            ["rank"] = request.Rank,
            ["world_size"] = request.WorldSize,
            ["labels"] = request.Labels.DeepClone(),
            ["metadata"] = metadata,
            ["write_count"] = request.WriteCount,
            ["saved_at"] = savedAt,
            ["states"] = states,
            ["epoch"] = request.Epoch,
            ["sequence"] = request.Sequence,
            ["parent"] = request.Parent,
            ["files"] = new JArray(files.Select(f => new JObject
            {
                ["path"] = f.Path,
                ["bytes"] = f.Bytes,
                ["crc32c"] = Crc32C.Text(f.Crc32C),
            })),
        };
        if (request.Fingerprint is not null)
            map["fingerprint"] = new JObject(request.Fingerprint.Select(f => new JProperty(f.Key, f.Value)));

        if (ShardJson.Build(request.States) is { Count: > 0 } shards)
            map[ShardJson.Key] = shards;

        if (request.SpecDigest is not null)
            map["spec_digest"] = request.SpecDigest;

        return map;
    }
}
