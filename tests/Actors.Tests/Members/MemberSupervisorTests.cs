using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Members;

public sealed class MemberSupervisorTests : SupervisedBatch
{
    [Fact]
    public void An_undisturbed_batch_completes_with_its_last_session()
    {
        Supervise(Fast);
        var gang = NextGang();

        gang.Commit(4);
        gang.Commit(Last);
        gang.End(Last);

        Assert.Equal((-1, GrantEpoch), (gang.Start.Boundary, gang.Start.Epoch));
        Assert.Equal(4, Until<SessionCommitted>().Boundary);
        Assert.Equal(8, Until<BatchCompleted>().Steps);
        Assert.Equal(new BatchEnded(Batch, 8, Completed: true, null), Ended());
        Assert.Equal(new EndGang(Batch, GrantEpoch, IsDone: true), Ranks.ExpectMsg<EndGang>());
    }

    [Fact]
    public void A_batch_that_fails_starts_again_from_its_newest_session()
    {
        Supervise(Fast);
        var first = NextGang();
        first.Commit(4);

        first.Fail(6);

        var failed = Until<RankFailed>();
        Assert.Equal((0, 0, TimeSpan.FromHours(18)), (failed.Rank, failed.Member, failed.LeadTime));
        Assert.Equal(new EndGang(Batch, GrantEpoch, IsDone: false), Ranks.ExpectMsg<EndGang>());
        var planned = Until<RestartPlanned>();
        Assert.Contains("restart 1 of 3", planned.Reason);
        Advance(planned.Pause);
        var second = NextGang();
        Assert.Equal((4, 2), (second.Start.Boundary, second.Start.Epoch));
    }

    [Fact]
    public void A_batch_starts_again_after_its_pause_and_not_before()
    {
        Supervise(Fast with { FirstPause = TimeSpan.FromMinutes(1), LongestPause = TimeSpan.FromMinutes(1) });
        NextGang().Fail(3);
        var pause = Until<RestartPlanned>().Pause;
        Assert.InRange(pause, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));

        Advance(pause - TimeSpan.FromSeconds(1));
        ExpectNoGang();
        Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, NextGang().Start.Epoch);
    }

    [Fact]
    public void Twice_at_the_same_lead_time_starts_from_one_session_further_back()
    {
        Supervise(Fast);
        var gang = NextGang();
        gang.Commit(2);
        gang.Commit(4);
        foreach (var expected in new[] { 4, 4, 2 })
        {
            gang.Fail(5);
            gang = RestartedGang();
            Assert.Equal(expected, gang.Start.Boundary);
        }
    }

    [Fact]
    public void A_batch_whose_restarts_are_used_up_fails_with_its_cause()
    {
        Supervise(Fast with { MaxRestarts = 1 });
        NextGang().Fail(5);
        RestartedGang().Fail(5);

        var failed = Until<BatchFailed>();
        var ended = Ended();

        Assert.False(ended.Completed);
        Assert.Contains("a NaN at boundary 5 (1 restarts brought no progress)", ended.Error);
        Assert.Equal(ended.Error, failed.Error);
    }

    [Fact]
    public void A_dropped_member_is_left_out_and_the_last_one_is_not_dropped()
    {
        Supervise(Fast with { MaxRestarts = 0, OnFailure = FailurePolicy.Drop });
        NextGang().Fail(5, member: 0);
        Assert.Equal(0, Until<MemberDropped>().Member);
        var second = NextGang();
        Assert.Equal([1], second.Start.Members.Active(Batch));

        second.Fail(5, member: 1);

        Assert.Contains("member 1 was the last", Ended().Error);
    }

    [Fact]
    public void A_member_drawn_anew_begins_at_the_initial_condition_and_older_sessions_are_gone()
    {
        Supervise(Fast with { MaxRestarts = 0, OnFailure = FailurePolicy.RePerturb });
        var first = NextGang();
        first.Commit(4);

        first.Fail(5, member: 1);

        Assert.Equal(1, Until<MemberRedrawn>().Member);
        var second = NextGang();
        Assert.Equal((-1, 1, 0), (second.Start.Boundary, second.Start.Members.DrawOf(1), second.Start.Members.DrawOf(0)));
        Assert.Empty(new BatchFolders(Run, static _ => { }).Catalog(Batch).Read().Sessions);
        Assert.Equal(1, new BatchRestart(Run, Batch).Members().DrawOf(1));
    }

    [Fact]
    public void What_cannot_be_helped_is_given_up_at_once()
    {
        Supervise(Fast);

        NextGang().Fail(new GangFailure(FailureKind.Permanent, "fenced"));

        Assert.Contains("fenced (repeating it cannot help)", Ended().Error);
    }

    [Fact]
    public void A_batch_that_is_done_already_completes_without_a_gang()
    {
        Supervise(Fast);
        NextGang().Commit(Last);
        Until<SessionCommitted>();
        Sys.Stop(Supervisor);

        Supervise(Fast);

        Assert.Equal(0, Until<BatchCompleted>().Steps);
        Assert.Equal(new BatchEnded(Batch, 0, Completed: true, null), Ended());
        ExpectNoGang();
    }

    [Fact]
    public void A_gang_whose_coordinator_fails_is_replaced()
    {
        Supervise(Fast);
        var gang = NextGang();

        EventFilter.Exception<ActorKilledException>().ExpectOne(() => gang.Coordinator.Tell(Kill.Instance));

        Assert.Contains("an actor of the gang failed: ", Until<RankFailed>().Cause);
        Assert.Equal(2, RestartedGang().Start.Epoch);
    }

    [Fact]
    public void A_supervisor_that_ends_takes_its_gang_with_it()
    {
        Supervise(Fast);
        var gang = NextGang();
        Watch(gang.Coordinator);

        Sys.Stop(Supervisor);

        Assert.Equal(new EndGang(Batch, GrantEpoch, IsDone: false), Ranks.ExpectMsg<EndGang>());
        ExpectTerminated(gang.Coordinator);
    }
}
