using Cairn.Actors.Checkpointing;

namespace Cairn.Actors.Tests.Checkpointing;

public sealed class CheckpointBarrierTests
{
    [Fact]
    public void The_last_rank_makes_a_session_of_all_commits_in_order_of_ranks()
    {
        var barrier = new CheckpointBarrier(3, epoch: 7);

        Assert.IsType<BarrierDecision.Wait>(barrier.Staged(Commit(2)));
        Assert.IsType<BarrierDecision.Wait>(barrier.Staged(Commit(0)));
        Assert.Equal([1], barrier.Missing);
        var commit = Assert.IsType<BarrierDecision.Commit>(barrier.Staged(Commit(1)));

        Assert.Equal((1, 4), (commit.Attempt, commit.Boundary));
        Assert.Equal([Commit(0), Commit(1), Commit(2)], commit.Commits);
        Assert.Equal((2, false), (barrier.Attempt, barrier.IsOpen));
    }

    [Fact]
    public void A_rank_alone_is_its_own_session() =>
        Assert.IsType<BarrierDecision.Commit>(new CheckpointBarrier(1, 7).Staged(Commit(0)));

    [Fact]
    public void What_is_heard_twice_changes_nothing()
    {
        var barrier = new CheckpointBarrier(2, 7);
        _ = barrier.Staged(Commit(0));

        Assert.IsType<BarrierDecision.Ignore>(barrier.Staged(Commit(0)));
        _ = barrier.Staged(Commit(1));
        Assert.IsType<BarrierDecision.Ignore>(barrier.Staged(Commit(1)));
        Assert.IsType<BarrierDecision.Ignore>(barrier.Failed(1, 1, 4, "late"));
    }

    [Theory]
    [InlineData(6, 0)]
    [InlineData(8, 0)]
    [InlineData(7, -1)]
    [InlineData(7, 2)]
    public void Another_epochs_or_strangers_commits_are_nobodys(int epoch, int rank) =>
        Assert.IsType<BarrierDecision.Ignore>(new CheckpointBarrier(2, 7).Staged(Commit(rank) with { Epoch = epoch }));

    [Fact]
    public void Ranks_at_two_boundaries_abort_and_both_commits_go()
    {
        var barrier = new CheckpointBarrier(3, 7);
        _ = barrier.Staged(Commit(0));

        var abort = Assert.IsType<BarrierDecision.Abort>(barrier.Staged(Commit(1) with { Boundary = 5 }));

        Assert.Equal([Commit(0), Commit(1) with { Boundary = 5 }], abort.Leftovers);
        Assert.Contains("rank 1 is at boundary 5, rank 0 at boundary 4", abort.Cause);
        var late = Assert.IsType<BarrierDecision.Discard>(barrier.Staged(Commit(2)));
        Assert.Equal(Commit(2), late.Leftover);
    }

    [Fact]
    public void A_rank_that_stages_two_commits_aborts()
    {
        var barrier = new CheckpointBarrier(2, 7);
        _ = barrier.Staged(Commit(0));

        var abort = Assert.IsType<BarrierDecision.Abort>(barrier.Staged(Commit(0) with { CommitId = "another" }));

        Assert.Equal(2, abort.Leftovers.Count);
    }

    [Fact]
    public void A_failed_rank_aborts_what_the_others_staged()
    {
        var barrier = new CheckpointBarrier(2, 7);
        _ = barrier.Staged(Commit(0));

        var abort = Assert.IsType<BarrierDecision.Abort>(barrier.Failed(1, 1, 4, "no space"));

        Assert.Equal([Commit(0)], abort.Leftovers);
        Assert.Contains("rank 1 could not stage it: no space", abort.Cause);
        Assert.IsType<BarrierDecision.Wait>(barrier.Staged(Commit(1) with { Attempt = 2 }));
    }

    [Fact]
    public void A_deadline_names_the_ranks_that_are_late_and_counts_only_for_its_own_attempt()
    {
        var barrier = new CheckpointBarrier(3, 7);
        Assert.IsType<BarrierDecision.Ignore>(barrier.DeadlinePassed(1));
        _ = barrier.Staged(Commit(1));

        Assert.IsType<BarrierDecision.Ignore>(barrier.DeadlinePassed(2));
        var abort = Assert.IsType<BarrierDecision.Abort>(barrier.DeadlinePassed(1));

        Assert.Contains("rank 0, 2 had not staged it", abort.Cause);
        Assert.IsType<BarrierDecision.Ignore>(barrier.DeadlinePassed(1));
    }

    [Fact]
    public void A_rank_that_is_ahead_aborts_and_the_gang_counts_on_from_it()
    {
        var barrier = new CheckpointBarrier(2, 7);
        _ = barrier.Staged(Commit(0));

        Assert.IsType<BarrierDecision.Abort>(barrier.Staged(Commit(1) with { Attempt = 3 }));

        Assert.Equal(4, barrier.Attempt);
        Assert.IsType<BarrierDecision.Discard>(barrier.Staged(Commit(0) with { Attempt = 2 }));
    }

    [Fact]
    public void Whatever_is_heard_a_session_is_whole_and_nothing_of_it_is_discarded()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var ranks = random.Next(1, 9);
            var barrier = new CheckpointBarrier(ranks, 7);
            var (made, gone) = (new HashSet<string>(), new HashSet<string>());
            for (var i = 0; i < 60; i++)
            {
                var defect = Defect(Any(random, barrier, ranks), ranks, made, gone);
                Assert.True(defect is null, $"seed {seed}, message {i}: {defect}");
            }
        }
    }

    private static BarrierDecision Any(Random random, CheckpointBarrier barrier, int ranks)
    {
        var (rank, attempt) = (random.Next(ranks), Math.Max(1, barrier.Attempt - random.Next(3) + random.Next(2)));
        var boundary = random.Next(6) == 0 ? attempt + 1 : attempt;
        var id = $"{rank}-{attempt}-{boundary}-{(random.Next(12) == 0 ? "other" : "")}";
        return random.Next(10) switch
        {
            0 => barrier.Failed(rank, attempt, boundary, "no space"),
            1 => barrier.DeadlinePassed(attempt),
            2 => barrier.Staged(new RankCommit(rank, 6 + random.Next(3), attempt, boundary, id)),
            _ => barrier.Staged(new RankCommit(rank, 7, attempt, boundary, id)),
        };
    }

    private static string? Defect(BarrierDecision decision, int ranks, HashSet<string> made, HashSet<string> gone)
    {
        IReadOnlyList<RankCommit> leftovers = decision switch
        {
            BarrierDecision.Abort abort => abort.Leftovers,
            BarrierDecision.Discard discard => [discard.Leftover],
            _ => [],
        };
        gone.UnionWith(leftovers.Select(c => c.CommitId));
        if (decision is BarrierDecision.Commit commit)
        {
            made.UnionWith(commit.Commits.Select(c => c.CommitId));
            if (!commit.Commits.Select(c => c.Rank).SequenceEqual(Enumerable.Range(0, ranks))
                || commit.Commits.Any(c => (c.Epoch, c.Attempt, c.Boundary) != (7, commit.Attempt, commit.Boundary)))
            {
                return "a torn session";
            }
        }

        return made.Overlaps(gone) ? "a commit of a session was discarded" : null;
    }

    private static RankCommit Commit(int rank) => new(rank, 7, 1, 4, $"commit-{rank}");
}
