using Cairn.Hocon.Units;

namespace Cairn.Engine.Rollouts;

/// <summary>Where in a run a branch starts: a boundary at which every batch holds a session.</summary>
public static class BranchPoint
{
    /// <summary>Chooses by a lead time (<c>120h</c>, <c>5d</c>), by a position among the shared boundaries (<c>0</c>, <c>-1</c>), or by the
    /// name of a session (<c>commit_…</c>).</summary>
    /// <param name="text">What was asked for.</param>
    /// <param name="sessions">For each batch, its sessions' names and boundaries.</param>
    /// <param name="leadTime">The lead time of a boundary, as messages write it.</param>
    /// <exception cref="SpecException">No such place; the message lists those there are.</exception>
    public static int Choose(
        string text, IReadOnlyList<IReadOnlyList<(string Session, int Boundary)>> sessions, Func<int, TimeSpan> leadTime)
    {
        var shared = sessions.Select(batch => batch.Select(s => s.Boundary))
            .Aggregate((a, b) => a.Intersect(b)).Distinct().Order().ToList();
        if (Find(text, sessions, shared, leadTime) is { } boundary && shared.Contains(boundary))
            return boundary;
        var known = shared.Count == 0
            ? "There is none yet at which every batch has one."
            : "Every batch has one at lead time " + string.Join(", ", shared.Select(b => LeadTimeText.Of(leadTime(b))))
                + string.Create(CultureInfo.InvariantCulture, $" (rows 0 to {shared.Count - 1}).");
        throw new SpecException($"'{text}' is not a session that a branch can start from. {known} "
            + "Expected a lead time such as 120h, a row such as -1, or a session's name.");
    }

    private static int? Find(
        string text, IReadOnlyList<IReadOnlyList<(string Session, int Boundary)>> sessions, List<int> shared, Func<int, TimeSpan> leadTime)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var row))
        {
            var at = row < 0 ? shared.Count + row : row;
            return at >= 0 && at < shared.Count ? shared[at] : null;
        }
        if (HoconDuration.TryParse(text, out var wanted, unitRequired: true))
            return shared.Cast<int?>().FirstOrDefault(boundary => leadTime(boundary!.Value) == wanted);
        return sessions.SelectMany(batch => batch).Where(s => s.Session == text).Select(s => (int?)s.Boundary).FirstOrDefault();
    }
}
