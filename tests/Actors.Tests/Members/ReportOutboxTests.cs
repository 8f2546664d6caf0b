using Cairn.Actors.Members;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Members;

public sealed class ReportOutboxTests
{
    private static readonly MemberRange Batch = new(4, 7);
    private readonly ReportOutbox _outbox = new(new Grant("run-1", Batch, 3, "{}", null, Paused: false));

    [Fact]
    public void Reports_are_numbered_from_one_under_their_grant()
    {
        Assert.Equal(new BatchReport("run-1", Batch, 3, 1, new BatchResumed()), _outbox.Add(new BatchResumed()));
        Assert.Equal(2, _outbox.Add(new BatchCompleted(8)).Number);
    }

    [Fact]
    public void What_is_not_acknowledged_stays_in_order_whatever_comes_late_or_twice()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var outbox = new ReportOutbox(new Grant("run-1", Batch, 3, "{}", null, Paused: false));
            var (added, known) = (0L, 0L);
            for (var i = 0; i < 40; i++)
            {
                if (random.Next(2) == 0)
                {
                    added = outbox.Add(new BatchCompleted(i)).Number;
                }
                else
                {
                    var number = random.NextInt64(0, added + 1);
                    outbox.Acknowledged(number);
                    known = Math.Max(known, number);
                }

                var expected = Enumerable.Range(0, (int)(added - known)).Select(n => known + 1 + n);
                Assert.True(expected.SequenceEqual(outbox.Open.Select(r => r.Number)), $"seed {seed}, round {round}, act {i}");
            }
        }
    }
}
