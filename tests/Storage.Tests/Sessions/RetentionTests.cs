using Cairn.Storage.Sessions;

namespace Cairn.Storage.Tests.Sessions;

public sealed class RetentionTests
{
    [Fact]
    public void Overwrite_keeps_the_newest_and_one_older_valid_session_aside()
    {
        var plan = Plan(["a", "b", "c", "d"], 1, [], invalid: ["c"]);

        Assert.Equal(["d"], plan.Keep);
        Assert.Equal(["b"], plan.Fallback);
        Assert.Equal(["a", "c"], plan.Delete);
    }

    [Fact]
    public void A_history_with_a_valid_older_session_needs_no_fallback()
    {
        var plan = Plan(["a", "b", "c", "d"], 3, [], invalid: ["c"]);

        Assert.Equal(["b", "c", "d"], plan.Keep);
        Assert.Empty(plan.Fallback);
    }

    [Fact]
    public void Without_a_history_size_everything_that_counts_stays()
    {
        var plan = Retention.Plan([new("a", "", true), new("zombie", "", false), new("b", "", true)], null, Set([]), _ => true);

        Assert.Equal(["a", "b"], plan.Keep);
        Assert.Equal(["zombie"], plan.Delete);
    }

    [Fact]
    public void A_base_is_never_pruned()
    {
        var plan = Plan(["a", "b", "c", "d"], 1, ["a"], invalid: []);

        Assert.Equal(["a", "c"], plan.Fallback);
        Assert.Equal(["b"], plan.Delete);
    }

    [Fact]
    public void Five_thousand_seeded_plans_keep_what_must_never_be_lost()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var sessions = Enumerable.Range(0, random.Next(1, 12))
                .Select(i => new RetainedSession($"s{i}", random.Next(4) == 0 ? "other" : "", random.Next(5) > 0)).ToList();
            var invalid = Some(sessions, random, 4);
            var bases = Some(sessions, random, 8);
            int? history = random.Next(4) == 0 ? null : random.Next(1, 4);

            var plan = Retention.Plan(sessions, history, bases, id => !invalid.Contains(id));

            var defect = Defect(sessions, history, bases, invalid, plan);
            Assert.True(defect is null, $"seed {seed}: {defect}");
        }
    }

    private static HashSet<string> Some(List<RetainedSession> sessions, Random random, int oneIn) =>
        [.. sessions.Select(s => s.Id).Where(_ => random.Next(oneIn) == 0)];

    private static string? Defect(
        List<RetainedSession> sessions, int? history, HashSet<string> bases, HashSet<string> invalid, RetentionPlan plan)
    {
        var onDisk = plan.Keep.Concat(plan.Fallback).ToHashSet();
        if (plan.Keep.Count + plan.Fallback.Count + plan.Delete.Count != sessions.Count || onDisk.Overlaps(plan.Delete))
            return "a session has no fate, or two";

        if (!bases.IsSubsetOf(onDisk))
            return "a base goes";

        foreach (var group in sessions.Where(s => s.Counts).GroupBy(s => s.Group))
        {
            var ids = group.Select(s => s.Id).ToList();
            if (!ids.TakeLast(history ?? ids.Count).SequenceEqual(plan.Keep.Where(ids.Contains)))
                return "the history is not the newest rows";

            var olderValid = ids.SkipLast(1).Where(id => !invalid.Contains(id)).ToList();
            if (olderValid.Count > 0 && !olderValid.Exists(onDisk.Contains))
                return "no valid older session stays";
        }

        return sessions.Exists(s => !s.Counts && onDisk.Contains(s.Id) && !bases.Contains(s.Id)) ? "what does not count stays" : null;
    }

    private static RetentionPlan Plan(string[] ids, int? history, string[] bases, string[] invalid) =>
        Retention.Plan([.. ids.Select(id => new RetainedSession(id, "", true))], history, Set(bases), id => !invalid.Contains(id));

    private static HashSet<string> Set(IEnumerable<string> ids) => [.. ids];
}
