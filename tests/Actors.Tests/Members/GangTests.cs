using Akka.TestKit;
using Cairn.Actors.Checkpointing;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Members;

/// <summary>Whom a supervisor and a coordinator listen to, and what they make of a process that is lost.</summary>
public sealed class GangTests : SupervisedBatch
{
    private static readonly RankSpec Two = new(2, RankLauncher.InProcess);

    [Fact]
    public void No_rank_begins_before_all_are_there()
    {
        Supervise(Fast, ranks: Two);
        var gang = NextGang(isReady: false);

        Supervisor.Tell(new RanksReady(Batch, GrantEpoch, 1, [gang.Workers[1]]), Ranks.Ref);
        Supervisor.Tell(new RanksReady(Batch, GrantEpoch + 1, 0, [gang.Workers[0]]), Ranks.Ref);
        AwaitProcessed(Supervisor);
        AwaitProcessed(gang.Coordinator);
        gang.Workers[1].ExpectNoMsg(TimeSpan.Zero);
        Supervisor.Tell(new RanksReady(Batch, GrantEpoch, 0, [gang.Workers[0]]), Ranks.Ref);

        Assert.All(gang.Workers, worker => worker.ExpectMsg<RankOrder.Begin>());
    }

    [Fact]
    public void Permits_follow_the_slowest_rank()
    {
        Supervise(Fast, ranks: Two);
        var gang = NextGang();

        gang.Reach(2, rank: 0);
        gang.Reach(1, rank: 1);

        Assert.All(gang.Workers, worker => Assert.Equal(new RankOrder.Permit(3), worker.FishForMessage<RankOrder.Permit>(_ => true)));
        AwaitProcessed(Supervisor);
        Assert.Equal(1, Observed.OfType<BoundaryReached>().Single().Boundary);
    }

    [Fact]
    public void Reports_of_strangers_and_of_workers_of_another_gang_change_nothing()
    {
        Supervise(Fast);
        var first = NextGang();
        first.Fail(2);
        var second = RestartedGang();
        second.Reach(3);
        AwaitProcessed(second.Coordinator);
        AwaitProcessed(Supervisor);
        var told = Observed.Count();

        foreach (var stranger in new[] { first.Workers[0].Ref, CreateTestProbe("stranger").Ref })
        {
            RankReport[] reports =
            [
                new RankReport.Reached(0, 7, 7), new RankReport.Staged(new(0, 2, 1, 7, "x")), new RankReport.StagingFailed(0, 1, 7, "x"),
                new RankReport.Warned(0, "x"), new RankReport.Ended(0, true, Last, 8),
                new RankReport.Reached(-1, 7, 7), new RankReport.Reached(5, 7, 7),
            ];
            Assert.All(reports, report => second.Coordinator.Tell(report, stranger));
            Supervisor.Tell(new RankReport.Failed(0, new GangFailure(FailureKind.Step, "x"), 9), stranger);
        }

        foreach (var stranger in new[] { first.Coordinator, second.Workers[0].Ref, Supervisor, ActorRefs.NoSender })
            Supervisor.Tell(new CommitsFailed("x", IsPermanent: true), stranger);

        Supervisor.Tell(new RankReport.Ended(0, true, Last, 8), second.Workers[0].Ref);
        Supervisor.Tell(new GangLost(Batch, GrantEpoch, new GangFailure(FailureKind.Process, "x")), Ranks.Ref);
        AwaitProcessed(second.Coordinator);
        AwaitProcessed(Supervisor);
        Assert.Equal(told, Observed.Count());
        second.Workers[0].ExpectMsg<RankOrder.Begin>();
        second.Workers[0].ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_process_that_is_lost_was_on_its_way_to_the_boundary_after_the_last_that_all_ranks_reached()
    {
        Supervise(Fast, ranks: Two);
        var gang = NextGang();
        gang.Reach(3, rank: 0);
        gang.Reach(2, rank: 1);
        AwaitProcessed(gang.Coordinator);

        gang.Lose(new GangFailure(FailureKind.Process, "child process 42 was ended by signal 9 (SIGKILL)") { LostProcess = "one" });

        var failed = Until<RankFailed>();
        Assert.Equal(TimeSpan.FromHours(9), failed.LeadTime);
        Assert.Equal("child process 42 was ended by signal 9 (SIGKILL)", failed.Cause);
    }

    [Fact]
    public void A_batch_that_takes_too_many_processes_with_it_is_quarantined()
    {
        Supervise(Fast with { QuarantineAfter = 2 });
        NextGang().Lose(new GangFailure(FailureKind.Process, "gone") { LostProcess = "one" });
        var bystander = RestartedGang();
        bystander.Lose(new GangFailure(FailureKind.Process, "gone") { IsBystander = true });
        Advance(Until<RestartPlanned>().Pause);

        NextGang().Lose(new GangFailure(FailureKind.Process, "gone") { LostProcess = "two" });

        Assert.Contains("quarantined: it has taken 2 processes with it", Ended().Error);
    }

    [Fact]
    public void Of_two_failures_of_a_gang_that_is_ended_the_one_that_tells_more_counts()
    {
        EndsGangs = false;
        Supervise(Fast, ranks: Two);
        var gang = NextGang();
        gang.Lose(new GangFailure(FailureKind.Process, "gone") { LostProcess = "one" });
        Ranks.ExpectMsg<EndGang>();

        gang.Fail(new GangFailure(FailureKind.Step, "a NaN") { Member = 1, Boundary = 2 }, rank: 1);
        Supervisor.Tell(new GangEnded(Batch, GrantEpoch, null), Ranks.Ref);

        var failed = Until<RankFailed>();
        Assert.Equal(("a NaN", 1, TimeSpan.FromHours(6)), (failed.Cause, failed.Member, failed.LeadTime));
    }

    [Fact]
    public void Over_MPI_an_error_of_the_machine_waits_for_the_process_that_caused_it()
    {
        Supervise(Fast, ranks: Two with { Launcher = RankLauncher.Mpi });
        var gang = NextGang();
        gang.Fail(new GangFailure(FailureKind.Machine, "MPI_Waitall: a peer is gone"));
        Advance(TimeSpan.FromSeconds(0.9));
        Assert.Empty(Observed.OfType<RankFailed>());

        gang.Lose(new GangFailure(FailureKind.Process, "rank 1 has ended") { Rank = 1 });

        Assert.Equal("rank 1 has ended", Until<RankFailed>().Cause);
        var second = RestartedGang();
        second.Fail(new GangFailure(FailureKind.Machine, "MPI_Waitall: a peer is gone"));
        Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("MPI_Waitall: a peer is gone", Until<RankFailed>().Cause);
    }

    [Fact]
    public void A_batch_whose_place_of_ranks_fails_has_failed()
    {
        Supervise(Fast);
        NextGang();

        Ranks.Ref.Tell(PoisonPill.Instance);

        Assert.Contains("the actor that starts ranks on this node has failed", Ended().Error);
    }

    [Fact]
    public void A_restart_is_told_as_verified_once_and_by_each_rank_that_differs()
    {
        Supervise(Fast, ranks: Two);
        var gang = NextGang();

        gang.Tell(new RankReport.Verified(0, 3, true, 0));
        gang.Tell(new RankReport.Verified(1, 3, true, 0));
        gang.Tell(new RankReport.Verified(1, 3, false, double.NaN));

        var hours = TimeSpan.FromHours(9);
        Assert.Equal(new ResumeVerified(hours, true, 0) { Batch = Batch }, Until<ResumeVerified>());
        Assert.Equal(new ResumeVerified(hours, false, double.NaN) { Batch = Batch }, Until<ResumeVerified>());
    }
}
