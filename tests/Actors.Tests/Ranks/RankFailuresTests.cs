using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Ranks;

public sealed class RankFailuresTests
{
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
