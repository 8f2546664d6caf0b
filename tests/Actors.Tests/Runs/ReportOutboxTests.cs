using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

public sealed class ReportOutboxTests
{
    private static readonly MemberRange Batch = new(4, 7);
    private readonly ReportOutbox _outbox = new();

    [Fact]
    public void Reports_are_numbered_from_one_under_their_grant()
    {
        Assert.Equal(new BatchReport("run-1", Batch, 3, 1, new BatchResumed()), Add(_outbox, new BatchResumed()));
        Assert.Equal(2, Add(_outbox, new BatchCompleted(8)).Number);
    }

    [Fact]
    public void Unacknowledged_reports_stay_in_order_whatever_arrives_late_or_twice()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var outbox = new ReportOutbox();
            var (added, known) = (0L, 0L);
            for (var i = 0; i < 40; i++)
            {
                if (random.Next(2) == 0)
                {
                    added = Add(outbox, new BatchCompleted(i)).Number;
                }
                else
                {
                    var number = random.NextInt64(0, added + 1);
                    outbox.Acknowledged(number);
                    known = Math.Max(known, number);
                }

                var expected = Enumerable.Range(0, (int)(added - known)).Select(n => known + 1 + n);
                Assert.True(expected.SequenceEqual(outbox.Pending.Select(r => r.Number)), $"seed {seed}, round {round}, act {i}");
            }
        }
    }

    private static BatchReport Add(ReportOutbox outbox, RunEvent happened) =>
        outbox.Add(number => new BatchReport("run-1", Batch, 3, number, happened));
}
