using Cairn.Actors.Runs;
using Cairn.Actors.Tests.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

/// <summary>How the registry watches over deadlines, by a clock that a test moves.</summary>
public sealed class DeadlineRegistryTests : RegistryKit
{
    private const string Due = "deadline.at=\"2026-01-30T06:10:00Z\"";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly HandClock _clock = new() { Begins = new DateTimeOffset(2026, 1, 30, 6, 0, 0, TimeSpan.Zero) };

    [Fact]
    public void A_run_that_slows_down_is_at_risk_is_back_on_time_as_it_speeds_up_and_meets_its_deadline()
    {
        Begin(time: _clock);
        var (id, node) = (Submit("one", false, "deadline.at=\"06:10\""), Node("a"));
        node.Opens(id);
        var (first, second) = (node.Gets<Grant>(), node.Gets<Grant>());
        Steps(node, first, (0, 0), (10, 4));
        Steps(node, second, (0, 0), (10, 4));
        Assert.Equal((DeadlineState.OnTime, 4, 0), Standing(id));

        Steps(node, first, (60, 5), (60, 6));
        Awaits(id, DeadlineState.AtRisk);
        var standing = Ask<RunDescription>(new DescribeRun(id)).Run.Deadline!;
        Assert.True(standing.Expected > standing.Due);
        Assert.True(Assert.Single(Ask<RegistryFigures>(new TakeFigures()).Progress).DeadlineSpare < TimeSpan.Zero);

        Steps(node, first, (1, 20));
        Awaits(id, DeadlineState.OnTime);
        node.Ends(first);
        node.Ends(second);
        Assert.Equal((DeadlineState.Met, 4, 4), Standing(id));
    }

    [Fact]
    public void A_deadline_that_passes_is_missed_whether_anything_is_stepped_or_not_and_another_registry_knows_it()
    {
        Begin(time: _clock);
        var id = Submit("one", false, Due, "deadline.members=2");
        _clock.Advance(TimeSpan.FromMinutes(11));
        Awaits(id, DeadlineState.Missed);
        Restart();

        Assert.Equal((DeadlineState.Missed, 2, 0), Standing(id));
    }

    [Fact]
    public void A_deadline_that_has_passed_is_refused_for_a_new_run_and_not_for_one_that_goes_on()
    {
        Begin(time: _clock);
        _clock.Advance(TimeSpan.FromMinutes(11));
        var submission = Submission("one", Due);
        Registry.Tell(submission);
        Assert.Equal("deadline.at", Assert.Single(Refused().Mistakes).Key);
        Registry.Tell(new CheckSpec(submission.Spec, submission.Format));
        Assert.Equal("deadline.at", Assert.Single(Refused().Mistakes).Key);

        var folder = Folder.Spec("one").Checkpoint.Path;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, RunRecord.FileName), "{}");
        Registry.Tell(submission with { Fresh = true });
        Assert.Equal(RefusalKind.Spec, Refused().Kind);
        Registry.Tell(submission);
        Awaits(ExpectMsg<RunAccepted>().Id, DeadlineState.Missed);

        RunRefused Refused() => ExpectMsg<RunRefused>();
    }

    [Fact]
    public void An_alert_that_the_journal_does_not_have_as_sent_is_sent_again_by_the_registry_that_takes_over_and_no_other_is()
    {
        var alerts = new HeldAlerts();
        Alerts = alerts;
        Begin(time: _clock);
        var id = Submit("one", false, Due, "deadline.webhook=\"http://pager\"");
        _clock.Advance(TimeSpan.FromMinutes(11));
        Awaits(id, DeadlineState.Missed);
        AwaitAssert(() => Assert.Equal([1], alerts.Asked.Select(a => a.Number)), Patience);
        Restart();
        AwaitAssert(() => Assert.Equal([1, 1], alerts.Asked.Select(a => a.Number)), Patience);
        alerts.Answer(new DeadlineAlerted(1, 4, "the pager answered 503"));
        AwaitAssert(() => Assert.Equal(1, alerts.Answered), Patience);
        Registry.Tell(new CancelRun(id));
        ExpectMsg<CommandAccepted>();
        AwaitAssert(() => Assert.Equal(RunState.Cancelled, Ask<RunDescription>(new DescribeRun(id)).Run.State), Patience);
        Restart();

        Assert.Equal(RunState.Cancelled, Ask<RunDescription>(new DescribeRun(id)).Run.State);
        Assert.Equal(2, alerts.Asked.Count);
    }

    /// <summary>Alerts that a test answers.</summary>
    private sealed class HeldAlerts : IDeadlineAlerts
    {
        private readonly List<TaskCompletionSource<DeadlineAlerted>> _asked = [];
        private int _answered;

        public System.Collections.Concurrent.ConcurrentQueue<DeadlineAlert> Asked { get; } = new();

        public int Answered => Volatile.Read(ref _answered);

        public Task<DeadlineAlerted> SendAsync(RunSubmission run, DeadlineAlert alert)
        {
            var source = new TaskCompletionSource<DeadlineAlerted>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_asked)
            {
                _asked.Add(source);
            }

            Asked.Enqueue(alert);
            return source.Task;
        }

        /// <summary>Answers the last one.</summary>
        public void Answer(DeadlineAlerted alerted)
        {
            lock (_asked)
            {
                _asked[^1].SetResult(alerted);
            }

            Interlocked.Increment(ref _answered);
        }
    }

    /// <summary>A batch says where it stands, after so many seconds each.</summary>
    private void Steps(TestNode node, Grant grant, params (double Seconds, long Steps)[] reports)
    {
        foreach (var (seconds, steps) in reports)
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds));
            node.Tell(new BatchProgress(grant.RunId, grant.Batch, (int)steps / 2, TimeSpan.FromSeconds(90 * steps), steps));
            Ask<RunDescription>(new DescribeRun(grant.RunId));
        }
    }

    /// <summary>Lets the clock go on until that is so.</summary>
    private void Awaits(string id, DeadlineState state) => AwaitAssert(
        () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(state, Standing(id).State);
        },
        Patience);

    private (DeadlineState State, int Members, int Complete) Standing(string id) =>
        Ask<RunDescription>(new DescribeRun(id)).Run.Deadline is { } d ? (d.State, d.Members, d.Complete) : default;
}
