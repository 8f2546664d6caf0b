namespace Cairn.Storage.Sessions;

/// <summary>A session as retention sees it.</summary>
/// <param name="Id">The commit id, or the session's name.</param>
/// <param name="Group">Sessions with equal labels; each group has a history of its own.</param>
/// <param name="Counts">Whether the lineage selected it.</param>
public sealed record RetainedSession(string Id, string Group, bool Counts);

/// <summary>What to do with each session: it stays in the catalog, moves out of it but stays on disk, or goes.</summary>
public sealed record RetentionPlan(IReadOnlyList<string> Keep, IReadOnlyList<string> Fallback, IReadOnlyList<string> Delete);

/// <summary>What manual pruning removes.</summary>
/// <param name="Superseded">Invalid sessions of older epochs.</param>
/// <param name="Surplus">Valid sessions that are older than those to keep.</param>
public sealed record PrunePlan(IReadOnlyList<string> Superseded, IReadOnlyList<string> Surplus);

/// <summary>What to keep after a new session has been committed, and when pruning by hand.</summary>
public static class Retention
{
    /// <summary>Plans over <paramref name="sessions"/>, oldest first. The newest <paramref name="history"/> of each group stay (null: all).
    /// If none of them but the newest is valid, the newest older valid one is kept as fallback. <paramref name="bases"/> always stay on
    /// disk. What does not count goes.</summary>
    /// <param name="sessions">All sessions that can be read, oldest first.</param>
    /// <param name="history">How many to keep: 1 in overwrite mode.</param>
    /// <param name="bases">Sessions that a current epoch began from.</param>
    /// <param name="valid">Verifies a session; asked from the newest on, and only as far as needed.</param>
    public static RetentionPlan Plan(
        IReadOnlyList<RetainedSession> sessions, int? history, IReadOnlySet<string> bases, Func<string, bool> valid)
    {
        var keep = new HashSet<string>();
        var fallback = new HashSet<string>();
        foreach (var group in sessions.Where(s => s.Counts).GroupBy(s => s.Group))
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

    /// <summary>Plans what pruning by hand removes of <paramref name="sessions"/>, oldest first: what does not count, and of each group
    /// what is older than its <paramref name="keep"/> newest valid ones. Damaged sessions do not count towards those and protect nothing,
    /// but newer ones than the last that is kept stay, for inspection. A base always stays, and so does a group without a valid
    /// session.</summary>
    /// <param name="sessions">All sessions that can be read, oldest first.</param>
    /// <param name="keep">How many valid ones to keep, from 1; null for all that count.</param>
    /// <param name="bases">Sessions that the current epoch began from.</param>
    /// <param name="valid">Verifies a session; asked from the newest on, and only as far as needed.</param>
    public static PrunePlan ByHand(
        IReadOnlyList<RetainedSession> sessions, int? keep, IReadOnlySet<string> bases, Func<string, bool> valid)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep ?? 1, 1, nameof(keep));
        var surplus = new HashSet<string>();
        foreach (var group in keep is null ? [] : sessions.Where(s => s.Counts).GroupBy(s => s.Group))
        {
            var found = 0;
            foreach (var session in group.Reverse())
            {
                if (found >= keep)
                    surplus.Add(session.Id);
                else
                    found += valid(session.Id) ? 1 : 0;
            }
        }

        return new PrunePlan(
            [.. sessions.Where(s => !s.Counts && !bases.Contains(s.Id)).Select(s => s.Id)],
            [.. sessions.Where(s => surplus.Contains(s.Id) && !bases.Contains(s.Id)).Select(s => s.Id)]);
    }
}
