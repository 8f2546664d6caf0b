using Cairn.Storage.Catalog;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json;

namespace Cairn.Storage.Sessions;

/// <summary>Sessions of rows that no coordinator joined: Earth2Studio's, and those of library checkpoints. They are the boundaries (write
/// count, lead time and completed ensembles) that every rank holds; any other row is torn.</summary>
internal static class JoinedRows
{
    /// <summary>Joins the rows of all ranks, given in any order.</summary>
    public static (IReadOnlyList<Session> Sessions, IReadOnlyList<TornRow> Torn) Join(IReadOnlyList<RankManifest> rows)
    {
        var sessions = new List<Session>();
        var torn = new List<TornRow>();
        foreach (var boundary in rows.GroupBy(Boundary))
        {
            var ranks = boundary.GroupBy(r => r.Rank).ToDictionary(g => g.Key, g => g.OrderBy(r => r.Manifest.Node.SavedAt).ToList());
            var size = boundary.Key.WorldSize;
            var each = ranks.Values.First().Count;
            // One that has more rows of a boundary than another cannot be matched with it.
            if (Enumerable.Range(0, size).All(rank => ranks.GetValueOrDefault(rank)?.Count == each) && ranks.Count == size)
                sessions.AddRange(Enumerable.Range(0, each)
                    .Select(i => Joined([.. Enumerable.Range(0, size).Select(rank => ranks[rank][i])])));
            else
                torn.AddRange(boundary.Select(row => new TornRow(row.Row, Defect(row, size, ranks, rows))));
        }

        return (sessions, torn);
    }

    private static (int WorldSize, int WriteCount, string LeadTime, string Ensembles) Boundary(RankManifest rank) => (
        rank.Row.WorldSize,
        rank.Row.WriteCount,
        LeadTimes.Key(rank.Row),
        JsonConvert.SerializeObject(rank.Row.Metadata.GetValueOrDefault("completed_ensembles") as IEnumerable<object?>));

    private static Session Joined(List<RankManifest> ranks)
    {
        var proposal = new SessionProposal(ranks.Count, 0, ranks);
        var first = ranks[0].Manifest.Node;
        return new Session
        {
            Id = first.Id,
            Epoch = 0,
            Sequence = first.Sequence,
            Parent = first.Parent,
            SavedAt = ranks.Max(r => r.Manifest.Node.SavedAt),
            WorldSize = ranks.Count,
            Ranks = ranks,
            Fields = proposal.Fields,
            InFallback = ranks.Exists(r => r.Row.InFallback),
            Defect = proposal.Defects is [var defect, ..] ? defect : null,
            IsDamage = true,
            Named = [.. ranks.Select(r => (r.Rank, r.CommitId))],
        };
    }

    private static string Defect(
        RankManifest row, int size, Dictionary<int, List<RankManifest>> ranks, IReadOnlyList<RankManifest> rows)
    {
        var boundary = $"write count {row.Row.WriteCount} at lead time {LeadTimes.Text(row.Row)}";
        foreach (var rank in Enumerable.Range(0, Math.Min(size, ranks.Count + 1)).Where(rank => !ranks.ContainsKey(rank)))
        {
            var instead = rows.FirstOrDefault(r => r.Rank == rank && r.Row.WriteCount == row.Row.WriteCount);
            return $"Rank {rank} of {size} has no row of {boundary}, which rank {row.Rank} has"
                + (instead is null ? "." : $"; its row of that count is at lead time {LeadTimes.Text(instead.Row)}.");
        }

        return $"The ranks hold different numbers of rows of {boundary}: "
            + string.Join(", ", ranks.OrderBy(r => r.Key).Select(r => $"rank {r.Key} {r.Value.Count}")) + ".";
    }
}

/// <summary>Lead times as rows hold them: 6 hours and 360 minutes are one.</summary>
internal static class LeadTimes
{
    /// <summary>The row's <c>lead_time</c> in the encoding of rows; JSON's null without one.</summary>
    public static JToken Json(CheckpointRow row) => row.Metadata.TryGetValue("lead_time", out var value)
        ? RowJson.Encode(value, "lead_time")
        : JValue.CreateNull();

    public static bool AreEqual(CheckpointRow one, CheckpointRow other) => Key(one) == Key(other);

    /// <summary>Equal for equal lead times.</summary>
    public static string Key(CheckpointRow row) => row.LeadTime is { } time ? time.ToString("c") : Json(row).ToString(Formatting.None);

    /// <summary>For messages.</summary>
    public static string Text(CheckpointRow row) =>
        row.Metadata.GetValueOrDefault("lead_time") is { } value ? PythonText.Str(value) : "(none)";
}
