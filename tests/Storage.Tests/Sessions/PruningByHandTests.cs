using Cairn.Storage.Sessions;

namespace Cairn.Storage.Tests.Sessions;

public sealed class PruningByHandTests
{
    [Fact]
    public void Sessions_are_verified_from_the_newest_on_and_only_as_far_as_needed()
    {
        var asked = new List<string>();
        var sessions = new[] { "a", "b", "c", "d", "e" }.Select(id => new RetainedSession(id, "", true)).ToList();

        var plan = Retention.ByHand(sessions, 2, new HashSet<string> { "b" }, id =>
        {
            asked.Add(id);
            return id != "d";
        });

        Assert.Equal(["e", "d", "c"], asked);
        Assert.Equal(["a"], plan.Surplus);
        Assert.Empty(plan.Superseded);
    }

    [Fact]
    public void Five_thousand_seeded_plans_keep_what_must_never_be_lost()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var sessions = Enumerable.Range(0, random.Next(1, 12))
                .Select(i => new RetainedSession($"s{i}", random.Next(4) == 0 ? "other" : "", random.Next(5) > 0)).ToList();
            var invalid = sessions.Select(s => s.Id).Where(_ => random.Next(4) == 0).ToHashSet();
            var bases = sessions.Select(s => s.Id).Where(_ => random.Next(8) == 0).ToHashSet();
            int? keep = random.Next(4) == 0 ? null : random.Next(1, 4);

            var plan = Retention.ByHand(sessions, keep, bases, id => !invalid.Contains(id));

            var defect = Defect(sessions, keep, bases, invalid, plan);
            Assert.True(defect is null, $"seed {seed}: {defect}");
        }
    }

    private static string? Defect(
        List<RetainedSession> sessions, int? keep, HashSet<string> bases, HashSet<string> invalid, PrunePlan plan)
    {
        var gone = plan.Superseded.Concat(plan.Surplus).ToHashSet();
        if (gone.Count != plan.Superseded.Count + plan.Surplus.Count || gone.Overlaps(bases))
            return "a session goes twice, or a base goes";

        if (sessions.Exists(s => !s.Counts && !bases.Contains(s.Id) && !plan.Superseded.Contains(s.Id)))
            return "what does not count stays";

        foreach (var group in sessions.Where(s => s.Counts).GroupBy(s => s.Group))
        {
            var valid = group.Select(s => s.Id).Where(id => !invalid.Contains(id)).ToList();
            var kept = valid.TakeLast(keep ?? valid.Count).ToList();
            if (gone.Overlaps(kept))
                return "one of the newest valid sessions goes";

            var oldest = kept.Count == (keep ?? -1) ? kept[0] : group.First().Id;
            var surplus = group.Select(s => s.Id).TakeWhile(id => id != oldest).Where(id => !bases.Contains(id));
            if (!surplus.SequenceEqual(plan.Surplus.Where(group.Select(s => s.Id).Contains)))
                return "something else than what is older than the kept ones goes";
        }

        return null;
    }
}
