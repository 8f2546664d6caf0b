using Cairn.Storage.Catalog;

namespace Cairn.Storage.Sessions;

/// <summary>What the catalog of a batch holds, as far as it can be read.</summary>
/// <param name="All">Every session whose manifest can be read, oldest first, whether or not it counts or holds.</param>
/// <param name="Counting">The ids of those that count.</param>
/// <param name="Torn">Rows that belong to no session and that no coordinator wrote.</param>
/// <param name="Leftovers">Commits of coordinated ranks that no session names.</param>
/// <param name="Unreadable">Commits and session manifests that cannot be read as such.</param>
/// <param name="Epochs">All epoch records.</param>
internal sealed record SessionContents(
    IReadOnlyList<Session> All,
    IReadOnlySet<string> Counting,
    IReadOnlyList<TornRow> Torn,
    IReadOnlyList<RankManifest> Leftovers,
    IReadOnlyList<UnreadableCommit> Unreadable,
    IReadOnlyList<EpochRecord> Epochs)
{
    /// <summary>The sessions that count, oldest first.</summary>
    public IEnumerable<Session> Line => All.Where(s => Counting.Contains(s.Id));

    /// <summary>The commits that are sessions of one rank, oldest first, whether or not they count.</summary>
    public IEnumerable<Manifest> OfOneRank => All.Where(s => s.WorldSize == 1).Select(s => s.Ranks[0].Manifest);

    /// <summary>The ids of the sessions that this epoch and later ones went on from; none of them may go.</summary>
    public HashSet<string> BasesFrom(int epoch) =>
        Epochs.Where(e => e.Epoch >= epoch).Select(e => e.Base).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>The ids of those that counted before an epoch began.</summary>
    public IReadOnlySet<string> CountingBelow(int epoch) =>
        Lineage.Select([.. All.Select(s => s.Node)], [.. Epochs.Where(e => e.Epoch < epoch)])
            .Select(node => node.Id).ToHashSet(StringComparer.Ordinal);
}
