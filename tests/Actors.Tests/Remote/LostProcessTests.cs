using Cairn.Actors.Members;
using Cairn.Actors.Remote;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Remote;

/// <summary>Who counts a process that is lost.</summary>
public sealed class LostProcessTests
{
    [Fact]
    public void A_gang_is_idle_only_while_each_of_its_ranks_waits_or_has_ended()
    {
        var progress = new GangProgress(2, boundary: 3);
        Assert.False(progress.IsIdle);
        progress.Note(new RankReport.Waiting(0, 4));
        Assert.False(progress.IsIdle);
        progress.Note(new RankReport.Ended(1, true, 4, 10));
        Assert.True(progress.IsIdle);
        progress.Note(new RankReport.GoesOn(0));
        Assert.False(progress.IsIdle);
        Assert.False(progress.HasEnded);
        progress.Note(new RankReport.Ended(0, true, 4, 10));
        Assert.True(progress.HasEnded);
    }

    [Fact]
    public void A_gang_is_on_its_way_to_the_boundary_after_its_slowest_ranks()
    {
        var progress = new GangProgress(2, boundary: -1);
        Assert.Equal(0, progress.Next);
        progress.Note(new RankReport.Reached(0, 2, 30));
        Assert.Equal(0, progress.Next);
        progress.Note(new RankReport.Reached(1, 1, 20));
        Assert.Equal(2, progress.Next);
        Assert.Equal(30, progress.Steps);
    }

    [Fact]
    public void A_batch_that_only_waited_starts_again_however_often_its_process_is_lost()
    {
        var settings = new RestartSettings(1, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), FailurePolicy.Fail, 2);
        var policy = new RestartPolicy(settings, seed: 1);
        for (var lost = 0; lost < 10; lost++)
        {
            var failure = new GangFailure(FailureKind.Process, "gone") { IsBystander = true };
            Assert.Null(Assert.IsType<RestartDecision.Restart>(policy.Decide(failure)).Before);
        }

        Assert.Equal(0, policy.Failures);
        var counted = new GangFailure(FailureKind.Process, "gone");
        Assert.IsType<RestartDecision.Restart>(policy.Decide(counted with { LostProcess = "one" }));
        var last = Assert.IsType<RestartDecision.GiveUp>(policy.Decide(counted with { LostProcess = "two" }));
        Assert.Contains("quarantined", last.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hang_keeps_its_own_words_and_counts_the_process_that_had_to_be_killed_for_it()
    {
        var hang = new GangFailure(FailureKind.Hang, "late");
        var worse = RankFailures.Worse(hang, new GangFailure(FailureKind.Process, "killed") { LostProcess = "one" });
        Assert.Equal(FailureKind.Hang, worse.Kind);
        Assert.Equal("late", worse.Cause);
        Assert.Equal("one", worse.LostProcess);
    }
}
