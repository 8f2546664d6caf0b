using System.Text.Json.Nodes;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>A cluster's members, as one seed sees them.</summary>
/// <param name="SeedsUp">Seeds that are up, and answer.</param>
/// <param name="WorkersUp">Workers.</param>
/// <param name="Members">All of them.</param>
internal sealed record ClusterMembership(int SeedsUp, int WorkersUp, IReadOnlyList<JsonNode> Members)
{
    /// <summary>Waits until a seed that is there sees something of the members.</summary>
    public static Task UntilAsync(TestCluster cluster, Func<ClusterMembership, bool> holds, TimeSpan patience) =>
        UntilAsync(cluster, seen => seen.Exists(s => s is not null && holds(s)), patience);

    /// <summary>
    /// Waits until every seed that is there sees it. Whoever is to lose the oldest of three seeds must know of the third: two that know
    /// of each other alone stop with their oldest.
    /// </summary>
    public static Task UntilAllAsync(TestCluster cluster, Func<ClusterMembership, bool> holds, TimeSpan patience) =>
        UntilAsync(cluster, seen => seen.TrueForAll(s => s is not null && holds(s)), patience);

    private static async Task UntilAsync(TestCluster cluster, Predicate<List<ClusterMembership?>> holds, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        List<ClusterMembership?> seen = [];
        try
        {
            do
            {
                seen = [];
                foreach (var seed in cluster.Seeds.Where(s => s.IsThere))
                    seen.Add(await TestCluster.AskAsync(seed, "/api/members", limit.Token) is { } answer ? Of(answer) : null);
            }
            while (!holds(seen) && await again.WaitForNextTickAsync(limit.Token));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            var last = string.Join('\n', seen.SelectMany(s => s?.Members ?? []));
            throw new TimeoutException($"the members did not get there within {patience}:\n{last}\n{cluster.Text}");
        }
    }

    private static ClusterMembership Of(JsonNode answer)
    {
        List<JsonNode> members = [.. answer["members"]!.AsArray().Select(m => m!)];
        var up = members.Where(m => $"{m["status"]}" == "up" && m["is_reachable"]!.GetValue<bool>()).ToList();
        return new(up.Count(m => Has(m, "seed")), up.Count(m => Has(m, "worker")), members);
    }

    private static bool Has(JsonNode member, string role) => member["roles"]!.AsArray().Any(r => $"{r}" == role);
}
