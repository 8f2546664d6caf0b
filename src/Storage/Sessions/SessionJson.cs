using Cairn.Storage.Catalog;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Sessions;

/// <summary>Session manifests as JSON. Nothing in them is trusted.</summary>
internal static class SessionJson
{
    /// <summary>More ranks than any gang has; bounds what a damaged file can ask for.</summary>
    private const int MaxRanks = 1 << 20;

    public static byte[] Write(SessionManifest session) => ManifestSeal.Seal(
        new JObject
        {
            ["version"] = SessionManifest.Version,
            ["checkpoint"] = session.Checkpoint,
            ["epoch"] = session.Epoch,
            ["sequence"] = session.Sequence,
            ["parent"] = session.Parent,
            ["write_count"] = session.WriteCount,
            ["lead_time"] = session.LeadTime.DeepClone(),
            ["metadata"] = session.Metadata.DeepClone(),
            ["saved_at"] = PythonTime.Stamp(session.SavedAt),
            ["world_size"] = session.WorldSize,
            ["fingerprint"] = session.Fingerprint is { } prints
                ? new JObject(prints.Select(p => new JProperty(p.Key, p.Value)))
                : JValue.CreateNull(),
            ["ranks"] = new JArray(session.Ranks.Select(Rank)),
            ["fields"] = new JObject(session.Fields.Select(f => new JProperty(f.Key, Field(f.Value)))),
        },
        session.Name);

    /// <exception cref="DataException">The file is damaged, or not of the session that its name tells.</exception>
    public static SessionManifest Parse(JObject map, string path)
    {
        if (map.Int("version", path, 0) != SessionManifest.Version)
            throw JsonFields.Wrong(map, "version", path, $"{SessionManifest.Version}; a newer version wrote it");

        var worldSize = map.Int("world_size", path, 0);
        var session = new SessionManifest
        {
            Checkpoint = map.Text("checkpoint", path),
            Epoch = map.Int("epoch", path, -1),
            Sequence = map.Whole("sequence", path),
            Parent = map.TextOrNull("parent", path),
            WriteCount = map.Int("write_count", path, -1),
            LeadTime = map.Require("lead_time", path),
            Metadata = map.Map("metadata", path),
            SavedAt = PythonTime.ParseDateTime(map.Text("saved_at", path)) is DateTimeOffset savedAt
                ? savedAt
                : throw JsonFields.Wrong(map, "saved_at", path, "an ISO 8601 time with its offset"),
            WorldSize = worldSize is > 1 and < MaxRanks ? worldSize : throw JsonFields.Wrong(map, "world_size", path, "a number from 2"),
            Fingerprint = map["fingerprint"] is JObject prints
                ? prints.Properties().ToDictionary(p => p.Name, p => prints.Text(p.Name, path))
                : null,
            Ranks = [.. map.List("ranks", path).Select((item, rank) => ParseRank(item as JObject ?? [], rank, path))],
            Fields = ParseFields(map.Map("fields", path), path),
        };
        return session.Ranks.Count == worldSize && session.Name == Path.GetFileNameWithoutExtension(path)
            ? session
            : throw new DataException(
                $"{path} says that it is {session.Name} with {session.Ranks.Count} of {worldSize} ranks; this contradicts its name.");
    }

    private static JObject Rank(SessionRank rank) => new()
    {
        ["rank"] = rank.Rank,
        ["commit_id"] = rank.CommitId,
        ["path"] = rank.Path,
        ["bytes"] = rank.Bytes,
        ["manifest_crc32c"] = Crc32C.Text(rank.ManifestCrc32C),
    };

    private static JObject Field(ShardedField field) => new()
    {
        ["dtype"] = field.DType.Name,
        ["global_shape"] = new JArray(field.GlobalShape),
        ["slices"] = new JArray(field.Slices.Select(s => new JObject
        {
            ["rank"] = s.Rank,
            ["offset"] = new JArray(s.Slice.Offset),
            ["shape"] = new JArray(s.Slice.Shape),
        })),
    };

    private static SessionRank ParseRank(JObject map, int expected, string path)
    {
        var rank = map.Int("rank", path, -1);
        var id = map.Text("commit_id", path);
        var place = map.Text("path", path);
        var crc = map.Text("manifest_crc32c", path);
        if (rank != expected)
            throw JsonFields.Wrong(map, "rank", path, $"{expected}: all ranks in order");

        // The place follows from rank and name, so that no path from a file is ever walked.
        if (id.Contains('/', StringComparison.Ordinal) || place != RankManifest.PathOf(rank, id))
            throw JsonFields.Wrong(map, "path", path, $"the place of commit {id} of rank {rank}");

        return uint.TryParse(crc, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var digest) && crc.Length == 8
            ? new SessionRank(rank, id, place, map.Whole("bytes", path), digest)
            : throw JsonFields.Wrong(map, "manifest_crc32c", path, "eight hexadecimal digits");
    }

    private static Dictionary<string, ShardedField> ParseFields(JObject fields, string path)
    {
        var parsed = new Dictionary<string, ShardedField>();
        foreach (var property in fields.Properties())
        {
            var at = $"{path}: the sharded field {property.Name}";
            var map = property.Value as JObject ?? throw new DataException($"{at} is not an object.");
            var shape = ShardJson.Extents(map, "global_shape", at);
            parsed[property.Name] = new ShardedField(
                PayloadParser.DType(map, at),
                ArrayShape.Elements(shape) is null ? throw JsonFields.Wrong(map, "global_shape", at, "a shape") : shape,
                [.. map.List("slices", at).Select(item => ParseSlice(item as JObject ?? [], shape, at))]);
        }

        return parsed;
    }

    private static RankSlice ParseSlice(JObject map, IReadOnlyList<long> shape, string path) =>
        new(map.Int("rank", path, -1), ShardJson.Slice(map, shape, path));
}
