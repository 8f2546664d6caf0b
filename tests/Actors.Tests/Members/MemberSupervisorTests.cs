using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Members;

public sealed class MemberSupervisorTests
{
    [Fact]
    public async Task An_undisturbed_batch_completes_with_its_last_session()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var gang = await batch.NextGang();

        await gang.Commit(4);
        await gang.Commit(SupervisedBatch.Last);
        gang.End(SupervisedBatch.Last);

        Assert.Equal((-1, 1), (gang.Start.Boundary, gang.Start.Epoch));
        Assert.Equal(4, (await batch.Until<SessionCommitted>()).Boundary);
        Assert.Equal(8, (await batch.Until<BatchCompleted>()).Steps);
        Assert.Equal(new BatchEnded(SupervisedBatch.Batch, 8, Completed: true, null), await batch.Ended());
    }

    [Fact]
    public async Task A_batch_that_fails_starts_again_from_its_newest_session()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var first = await batch.NextGang();
        await first.Commit(4);

        first.Fail(6);

        var failed = await batch.Until<RankFailed>();
        Assert.Equal((0, 0, TimeSpan.FromHours(18)), (failed.Rank, failed.Member, failed.LeadTime));
        Assert.Contains("restart 1 of 3", (await batch.Until<RestartPlanned>()).Reason);
        var second = await batch.NextGang();
        Assert.Equal((4, 2), (second.Start.Boundary, second.Start.Epoch));
    }

    [Fact]
    public async Task Twice_at_the_same_lead_time_starts_from_one_session_further_back()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var gang = await batch.NextGang();
        await gang.Commit(2);
        await gang.Commit(4);
        foreach (var expected in new[] { 4, 4, 2 })
        {
            gang.Fail(5);
            gang = await batch.NextGang();
            Assert.Equal(expected, gang.Start.Boundary);
        }
    }

    [Fact]
    public async Task A_batch_whose_restarts_are_used_up_fails_with_its_cause()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast with { MaxRestarts = 1 });
        (await batch.NextGang()).Fail(5);
        (await batch.NextGang()).Fail(5);

        var ended = await batch.Ended();

        Assert.False(ended.Completed);
        Assert.Contains("a NaN at boundary 5 (1 restarts did not get it any further)", ended.Error?.Message);
        Assert.IsType<BatchFailedException>((await batch.Until<BatchFailed>()).Error);
    }

    [Fact]
    public async Task A_dropped_member_is_left_out_and_the_last_one_is_not_dropped()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast with { MaxRestarts = 0, OnFailure = FailurePolicy.Drop });
        (await batch.NextGang()).Fail(5, member: 0);
        Assert.Equal(0, (await batch.Until<MemberDropped>()).Member);
        var second = await batch.NextGang();
        Assert.Equal([1], second.Start.Members.Active(SupervisedBatch.Batch));

        second.Fail(5, member: 1);

        Assert.Contains("member 1 was the last", (await batch.Ended()).Error?.Message);
    }

    [Fact]
    public async Task A_member_drawn_anew_begins_at_the_initial_condition_and_older_sessions_are_gone()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast with { MaxRestarts = 0, OnFailure = FailurePolicy.RePerturb });
        var first = await batch.NextGang();
        await first.Commit(4);

        first.Fail(5, member: 1);

        Assert.Equal((1, 1), ((await batch.Until<MemberRedrawn>()).Member, 1));
        var second = await batch.NextGang();
        Assert.Equal((-1, 1, 0), (second.Start.Boundary, second.Start.Members.DrawOf(1), second.Start.Members.DrawOf(0)));
        Assert.Empty(new BatchFolders(batch.Run, static _ => { }).Catalog(SupervisedBatch.Batch).Read().Sessions);
        Assert.Equal(1, new BatchRestart(batch.Run, SupervisedBatch.Batch).Members().DrawOf(1));
    }

    [Fact]
    public async Task What_cannot_be_helped_is_given_up_at_once()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);

        (await batch.NextGang()).Fail(new GangFailure(FailureKind.Permanent, "fenced"));

        Assert.Contains("fenced (repeating it cannot help)", (await batch.Ended()).Error?.Message);
    }

    [Fact]
    public async Task A_gang_whose_line_breaks_is_replaced()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var first = await batch.NextGang();
        first.Line = _ => throw new IOException("broken pipe");

        batch.Command(new CommitBatch());

        Assert.Contains("broken pipe", (await batch.Until<RankFailed>()).Cause);
        Assert.Equal(2, (await batch.NextGang()).Start.Epoch);
    }

    [Fact]
    public async Task A_supervisor_that_ends_takes_its_gang_with_it()
    {
        SteeredGang gang;
        await using (var batch = new SupervisedBatch(SupervisedBatch.Fast))
        {
            gang = await batch.NextGang();
        }

        await gang.Stopping;
    }
}
