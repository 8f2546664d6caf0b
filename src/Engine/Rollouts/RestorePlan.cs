namespace Cairn.Engine.Rollouts;

/// <summary>One session that could give a member its state.</summary>
/// <param name="Folder">The batch that wrote it.</param>
/// <param name="Session">Its name, a commit's folder.</param>
/// <param name="Boundary">Its boundary.</param>
/// <param name="Order">Position in its catalog: later sessions are greater.</param>
public sealed record RestoreCandidate(MemberRange Folder, string Session, int Boundary, int Order);

/// <summary>Where each member of a batch takes its state from, all at one boundary.</summary>
/// <param name="Boundary">The boundary to restart after.</param>
/// <param name="Sources">For each member, the session that holds it.</param>
public sealed record RestorePlan(int Boundary, IReadOnlyDictionary<int, RestoreCandidate> Sources)
{
    /// <summary>True when one session of the batch's own folder gives all of it: the ordinary restart.</summary>
    public bool IsOwn(MemberRange batch) => Sources.Values.All(source => source.Folder == batch) && Sources.Values.Distinct().Count() == 1;

    /// <summary>Chooses the latest boundary at which every member of a batch has a session, written by any batches; so a batch that was cut
    /// differently before continues from its slowest member. Null if there is none.</summary>
    public static RestorePlan? Choose(MemberRange batch, IReadOnlyCollection<RestoreCandidate> candidates) =>
        Choose(batch, [.. batch.Members], candidates);

    /// <summary>The same for those members of a batch that are still stepped.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="members">Its members that are stepped.</param>
    /// <param name="candidates">The sessions there are.</param>
    /// <param name="suits">Whether a session holds what a member wants; null where all that hold the member do.</param>
    public static RestorePlan? Choose(
        MemberRange batch, IReadOnlyList<int> members, IReadOnlyCollection<RestoreCandidate> candidates,
        Func<RestoreCandidate, int, bool>? suits = null)
    {
        foreach (var boundary in candidates.Select(c => c.Boundary).Distinct().OrderDescending())
        {
            var sources = SourcesAt(batch, members, boundary, candidates, suits ?? ((_, _) => true));
            if (sources is not null)
                return new RestorePlan(boundary, sources);
        }
        return null;
    }

    private static Dictionary<int, RestoreCandidate>? SourcesAt(
        MemberRange batch, IReadOnlyList<int> members, int boundary, IReadOnlyCollection<RestoreCandidate> candidates,
        Func<RestoreCandidate, int, bool> suits)
    {
        var sources = new Dictionary<int, RestoreCandidate>();
        foreach (var member in members)
        {
            var source = candidates
                .Where(c => c.Boundary == boundary && c.Folder.First <= member && member <= c.Folder.Last && suits(c, member))
                .OrderByDescending(c => c.Folder == batch)
                .ThenBy(c => c.Folder.First).ThenBy(c => c.Folder.Last).ThenByDescending(c => c.Order)
                .FirstOrDefault();
            if (source is null)
                return null;
            sources[member] = source;
        }
        return sources;
    }
}
