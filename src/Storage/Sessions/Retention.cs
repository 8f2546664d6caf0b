namespace Cairn.Storage.Sessions;

/// <summary>A session as retention sees it.</summary>
/// <param name="Id">The commit id, or the session's name.</param>
/// <param name="Group">Sessions with equal labels; each group has a history of its own.</param>
/// <param name="Counts">Whether the lineage selected it.</param>
public sealed record RetainedSession(string Id, string Group, bool Counts);

/// <summary>What to do with each session: it stays in the catalog, moves out of it but stays on disk, or goes.</summary>
public sealed record RetentionPlan(IReadOnlyList<string> Keep, IReadOnlyList<string> Fallback, IReadOnlyList<string> Delete);

/// <summary>What to keep when a new session has been committed.</summary>
public static class Retention
{
    /// <summary>
    /// Plans over <paramref name="sessions"/>, oldest first. The newest <paramref name="history"/> of each group stay (null: all). If
    /// none of them but the newest is valid, the newest older valid one is kept as fallback. <paramref name="bases"/> always stay on
    /// disk. What does not count goes.
    /// </summary>
    /// <param name="sessions">All sessions that can be read, oldest first.</param>
    /// <param name="history">How many to keep: 1 in overwrite mode.</param>
    /// <param name="bases">Sessions that a current epoch began from.</param>
    /// <param name="valid">Verifies a session; asked from the newest on, and only as far as needed.</param>
    public static RetentionPlan Plan(
        IReadOnlyList<RetainedSession> sessions, int? history, IReadOnlySet<string> bases, Func<string, bool> valid)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        var keep = new HashSet<string>(StringComparer.Ordinal);
        var fallback = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in sessions.Where(s => s.Counts).GroupBy(s => s.Group, StringComparer.Ordinal))
        {
            var newestFirst = group.Reverse().Select(s => s.Id).ToList();
            var kept = newestFirst.Take(history ?? int.MaxValue).ToList();
            keep.UnionWith(kept);
            if (kept.Count < newestFirst.Count && !kept.Skip(1).Any(valid)
                && newestFirst.Skip(kept.Count).FirstOrDefault(valid) is { } older)
            {
                fallback.Add(older);
            }
        }

        fallback.UnionWith(sessions.Select(s => s.Id).Where(id => bases.Contains(id) && !keep.Contains(id)));
        return new RetentionPlan(
            [.. sessions.Select(s => s.Id).Where(keep.Contains)],
            [.. sessions.Select(s => s.Id).Where(fallback.Contains)],
            [.. sessions.Select(s => s.Id).Where(id => !keep.Contains(id) && !fallback.Contains(id))]);
    }
}
