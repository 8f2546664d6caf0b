using System.Threading.Channels;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Ranks;

/// <summary>What a rank's thread says of itself while it waits.</summary>
public sealed class RankControlTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly BoundarySchedule Schedule = new(TimeSpan.FromHours(3), 8, 1);

    [Fact]
    public async Task A_rank_that_an_order_leaves_waiting_says_so_again_and_how_many_it_has_had()
    {
        var (control, reports) = Control(worldSize: 2);
        control.Take(new RankOrder.Begin());
        var stepping = Task.Run(() => control.MayStep(2));
        Assert.Equal(new RankReport.Waiting(0, 2, Orders: 1), await Next(reports));

        control.Take(new RankOrder.Permit(2));

        Assert.Equal(new RankReport.Waiting(0, 2, Orders: 2), await Next(reports));
        control.Take(new RankOrder.Permit(3));
        Assert.True(await stepping.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_rank_whose_own_commit_gets_nowhere_does_not_say_that_it_waits_for_others()
    {
        var (control, reports) = Control(worldSize: 2);
        control.Committing(0);
        var waiting = Task.Run(() => control.AwaitDecision());
        control.Take(new RankOrder.Permit(5));

        control.StagingFailed(new TransientException("no space"));

        Assert.Equal(new RankReport.StagingFailed(0, 1, 0, "no space"), await Next(reports));
        Assert.IsType<RankReport.Waiting>(await Next(reports));
        control.Take(new RankOrder.Verdict(1, -1));
        Assert.Equal(-1, await waiting.WaitAsync(Patience));
    }

    [Fact]
    public void A_rank_that_has_not_stepped_yet_stands_where_its_gang_began() => Assert.Equal(-1, Control(1).Link.Boundary);

    [Fact]
    public void A_rank_that_was_left_behind_writes_nothing_any_more()
    {
        using var over = new CancellationTokenSource();
        var (control, _) = Control(1, over.Token);
        over.Cancel();

        Assert.Throws<OperationCanceledException>(() => control.CommitsAt(3));
    }

    [Fact]
    public void A_rank_that_was_ordered_to_halt_before_it_began_takes_no_step()
    {
        var (control, _) = Control(worldSize: 2);
        control.Take(new RankOrder.Halt(-1));
        control.Take(new RankOrder.Begin());

        Assert.False(control.MayStep(-1));
    }

    private static (RankControl Link, ChannelReader<RankReport> Reports) Control(int worldSize, CancellationToken over = default)
    {
        var reports = Channel.CreateUnbounded<RankReport>();
        var start = new GangStart(new MemberRange(0, 1), 1, null, null, BatchMembers.All);
        return (new RankControl(start, 0, worldSize, report => reports.Writer.TryWrite(report), over), reports.Reader);
    }

    private static Task<RankReport> Next(ChannelReader<RankReport> reports) => reports.ReadAsync().AsTask().WaitAsync(Patience);
}
