using Cairn.Storage.Durable;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

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
        {
            map["fingerprint"] = new JObject(request.Fingerprint.Select(f => new JProperty(f.Key, f.Value)));
        }

        if (ShardJson.Build(request.States) is { Count: > 0 } shards)
        {
            map[ShardJson.Key] = shards;
        }

        if (request.SpecDigest is not null)
        {
            map["spec_digest"] = request.SpecDigest;
        }

        return map;
    }
}
