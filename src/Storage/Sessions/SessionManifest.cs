using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Sessions;

/// <summary>One rank's commit as a session names it.</summary>
/// <param name="Path">Relative to the catalog's root: <c>rank_000000/commits/commit_…</c>.</param>
internal sealed record SessionRank(int Rank, string CommitId, string Path, long Bytes, uint ManifestCrc32C);

/// <summary>The row of a catalog of several ranks, <c>sessions/session_&lt;epoch:08d&gt;_&lt;sequence:08d&gt;.json</c>: which commits make
/// it up. Its metadata, lead time and fingerprint are those of rank 0.</summary>
internal sealed record SessionManifest
{
    public const int Version = 1;

    public required string Checkpoint { get; init; }
    public required int Epoch { get; init; }
    public required long Sequence { get; init; }

    /// <summary>The session that its gang had restored or written before: a session's name, a commit id, or null.</summary>
    public required string? Parent { get; init; }
    public required int WriteCount { get; init; }

    /// <summary>In the encoding of rows.</summary>
    public required JToken LeadTime { get; init; }

    /// <summary>In the encoding of rows.</summary>
    public required JObject Metadata { get; init; }
    public required DateTimeOffset SavedAt { get; init; }
    public required int WorldSize { get; init; }
    public required IReadOnlyDictionary<string, string>? Fingerprint { get; init; }

    /// <summary>By rank, all of them.</summary>
    public required IReadOnlyList<SessionRank> Ranks { get; init; }
    public required IReadOnlyDictionary<string, ShardedField> Fields { get; init; }

    public string Name => NameOf(Epoch, Sequence);

    public static string NameOf(int epoch, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"session_{epoch:00000000}_{sequence:00000000}");

    /// <summary>Epoch and sequence of a session's name, or null if it is not one.</summary>
    public static (int Epoch, long Sequence)? Number(string name)
    {
        var parts = name.Split('_');
        return parts is ["session", _, _]
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && name == NameOf(epoch, sequence)
                ? (epoch, sequence)
                : null;
    }

    /// <summary>The manifest of a session of which nothing is wrong.</summary>
    /// <exception cref="DataException">Something is wrong; the message lists all of it.</exception>
    public static SessionManifest Of(SessionProposal proposal, long sequence, string? parent, DateTimeOffset savedAt)
    {
        if (proposal.Defects is { Count: > 0 } defects)
            throw new DataException(
                $"The ranks' commits do not form a session of epoch {proposal.Epoch}, and none is written: {string.Join(' ', defects)}");

        var ranks = proposal.InOrder.ToList();
        return Of(ranks, proposal.Fields) with
        {
            Epoch = proposal.Epoch,
            Sequence = sequence,
            Parent = parent,
            SavedAt = savedAt,
        };
    }

    /// <summary>What the ranks' commits alone say of their session.</summary>
    private static SessionManifest Of(List<RankManifest> ranks, IReadOnlyDictionary<string, ShardedField> fields)
    {
        var row = ranks[0].Row;
        var metadata = new JObject();
        foreach (var (name, value) in row.Metadata)
            metadata[name] = RowJson.Encode(value, name);

        return new SessionManifest
        {
            Checkpoint = row.CheckpointName,
            Epoch = row.Epoch,
            Sequence = 0,
            Parent = null,
            WriteCount = row.WriteCount,
            LeadTime = LeadTimes.Json(row),
            Metadata = metadata,
            SavedAt = DateTimeOffset.UnixEpoch,
            WorldSize = ranks.Count,
            Fingerprint = row.Fingerprint,
            Ranks = [.. ranks.Select(r => new SessionRank(r.Rank, r.CommitId, r.Path, r.Bytes, r.ManifestCrc32C))],
            Fields = fields,
        };
    }

    /// <summary>What differs between this manifest and the commits that it names, or null. All that it repeats of them is compared: its own
    /// digest only shows that it is what was written.</summary>
    public string? Defect(IReadOnlyList<RankManifest> ranks)
    {
        foreach (var (named, found) in Ranks.Zip(ranks))
        {
            if (named.ManifestCrc32C != found.ManifestCrc32C || named.Bytes != found.Bytes)
                return $"the manifest of rank {named.Rank}'s commit {named.CommitId} is not the one of which the session was made";
        }

        var proposal = new SessionProposal(WorldSize, Epoch, ranks);
        if (proposal.Defects is [var defect, ..])
            return defect;

        var expected = Of([.. ranks], proposal.Fields) with { Sequence = Sequence, Parent = Parent, SavedAt = SavedAt };
        return SessionJson.Write(this).AsSpan().SequenceEqual(SessionJson.Write(expected))
            ? null
            : "its boundary or its sharded fields contradict its ranks' commits";
    }
}
