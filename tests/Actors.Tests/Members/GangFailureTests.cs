using Cairn.Actors.Members;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Members;

public sealed class GangFailureTests
{
    [Fact]
    public void An_idle_batch_restarts_however_often_its_process_is_lost()
    {
        var settings = new SupervisionSpec { MaxRestarts = 1, QuarantineAfter = 2 };
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
    public void A_hang_keeps_its_own_cause_and_counts_the_process_that_was_killed_for_it()
    {
        var hang = new GangFailure(FailureKind.Hang, "late");
        var combined = GangFailure.Combine(hang, new GangFailure(FailureKind.Process, "killed") { LostProcess = "one" });
        Assert.Equal(FailureKind.Hang, combined.Kind);
        Assert.Equal("late", combined.Cause);
        Assert.Equal("one", combined.LostProcess);
    }
}
