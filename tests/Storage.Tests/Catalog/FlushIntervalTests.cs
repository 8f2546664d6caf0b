using Cairn.Storage.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

public sealed class FlushIntervalTests
{
    [Theory]
    // Young's square root, less what Daly's further terms and the commit itself take.
    [InlineData(1, 5000, 99.3)]
    [InlineData(10, 86400, 1308.0)]
    // A commit that costs more than two failures' distance: nothing better than one a failure.
    [InlineData(300, 100, 100)]
    public void The_optimum_is_that_of_Daly(double cost, double between, double expected) =>
        Assert.Equal(expected, FlushInterval.Optimal(cost, between), expected * 0.005);

    [Fact]
    public void The_optimum_wastes_least_among_all_intervals()
    {
        const double Cost = 7, Between = 4000;
        // Daly's model of the time that a unit of work takes (his equation 20, restart time left out).
        double Waste(double interval) => Between * (Math.Exp((interval + Cost) / Between) - 1) / interval;

        var best = Enumerable.Range(1, 4000).MinBy(i => Waste(i));

        Assert.Equal(best, FlushInterval.Optimal(Cost, Between), best * 0.01);
    }

    [Fact]
    public void Every_boundary_that_may_commits_until_both_costs_are_known()
    {
        var interval = new FlushInterval(new AutoFlush { Multiple = 3 });
        Assert.Equal(3, interval.Boundaries);
        interval.CountBoundary(TimeSpan.FromSeconds(1));
        Assert.Equal(3, interval.Boundaries);
        interval.CountStall(TimeSpan.FromSeconds(1));
        Assert.True(interval.Boundaries > 3);
    }

    [Fact]
    public void It_grows_with_the_cost_and_shrinks_with_failures()
    {
        var cheap = Measured(new AutoFlush { MaxInterval = 10_000 }, boundary: 1, stall: 0.1);
        var costly = Measured(new AutoFlush { MaxInterval = 10_000 }, boundary: 1, stall: 10);
        var failing = Measured(
            new AutoFlush { MaxInterval = 10_000, Failures = 99, Observed = TimeSpan.FromHours(1) }, boundary: 1, stall: 10);

        Assert.Equal(131, cheap, 2.0);
        Assert.InRange(costly, 1250, 1320);
        Assert.InRange(failing, 110, 130);
    }

    [Fact]
    public void It_stays_within_its_bounds_and_on_multiples()
    {
        Assert.Equal(60, Measured(new AutoFlush { MaxInterval = 63, Multiple = 4 }, boundary: 1, stall: 3));
        Assert.Equal(64, Measured(new AutoFlush { MaxInterval = 64, Multiple = 4 }, boundary: 1e-9, stall: 3));
        Assert.Equal(4, Measured(new AutoFlush { MaxInterval = 64, Multiple = 4 }, boundary: 1e9, stall: 3));
        Assert.Equal(1, Measured(new AutoFlush(), boundary: 1, stall: 0));
        Assert.Equal(64, Measured(new AutoFlush(), boundary: 0, stall: 1));
    }

    [Fact]
    public void A_commit_is_never_due_while_the_one_before_is_usually_still_being_written()
    {
        var interval = new FlushInterval(new AutoFlush());
        interval.CountBoundary(TimeSpan.FromSeconds(1));
        interval.CountStall(TimeSpan.FromMilliseconds(0.01));
        var before = interval.Boundaries;
        interval.CountWriting(TimeSpan.FromSeconds(20));
        Assert.Equal((1, 20), (before, interval.Boundaries));
    }

    [Theory]
    [InlineData(0, 64, 0, "multiple is 0")]
    [InlineData(8, 4, 0, "longest interval is 4")]
    [InlineData(1, 64, -1, "record of failures is -1")]
    public void Settings_out_of_range_are_refused(int multiple, int max, int failures, string expected)
    {
        var catalog = new TestCatalog(new RecordingFiles());
        var settings = new AutoFlush { Multiple = multiple, MaxInterval = max, Failures = failures };
        Assert.Contains(expected, Assert.Throws<SpecException>(() => new FlushInterval(settings)).Message, StringComparison.Ordinal);
        Assert.Contains(
            expected,
            Assert.Throws<SpecException>(() => catalog.Checkpoint(o => o with { AutoFlush = settings })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_commits_exactly_when_it_said_that_it_would()
    {
        var time = new SteppedTime();
        var catalog = new TestCatalog(new RecordingFiles());
        var checkpoint = catalog.Checkpoint(o => o with
        {
            Time = time,
            AutoFlush = new AutoFlush { MaxInterval = 16, Multiple = 2, AssumedTimeBetweenFailures = TimeSpan.FromMinutes(30) },
        });
        using var session = checkpoint.Open();
        var state = session.Bind(new WindState());
        var commits = new List<int>();
        for (var step = 1; step <= 200; step++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            state.Value.Step = step;
            var promised = session.FlushDue;
            Assert.Equal(promised, state.FlushDue);
            var row = session.Write(TestCatalog.LeadTime(step), () => time.Advance(TimeSpan.FromSeconds(step < 30 ? 2 : 0.02)));
            Assert.Equal(promised, row is not null);
            if (row is not null)
            {
                Assert.Equal(step, row.WriteCount);
                commits.Add(step);
            }
        }

        var gaps = commits.Zip(commits.Skip(1), (a, b) => b - a).ToList();
        Assert.Equal(2, commits[0]);
        Assert.All(gaps, gap => Assert.True(gap % 2 == 0, $"{gap}"));
        // sqrt(2 * 2 s * 1800 s) is 85 s, 8 or so boundaries of 10 s; a commit of 0.02 s pulls the running mean down step by step.
        Assert.Equal(8, gaps[0]);
        Assert.True(gaps[^1] < gaps[0], string.Join(' ', gaps));
        Assert.Equal(session.FlushInterval, state.FlushInterval);
    }

    [Fact]
    public void A_failed_commit_makes_the_next_boundary_commit()
    {
        var time = new SteppedTime();
        var catalog = new TestCatalog(new RecordingFiles());
        using var session = catalog.Checkpoint(o => o with { Time = time, AutoFlush = new AutoFlush() }).Open();
        session.Bind(new WindState());
        Write(() => time.Advance(TimeSpan.FromSeconds(3)));
        Assert.True(session.FlushInterval > 1);
        while (!session.FlushDue)
            Write(null);

        var before = session.WriteCount;
        Assert.Throws<TransientException>(() => Write(() => throw new TransientException("no room")));
        Assert.Equal((before, true), (session.WriteCount, session.FlushDue));
        Write(null);
        Assert.Equal((before + 1, false), (session.WriteCount, session.FlushDue));

        void Write(Action? beforeCommit)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            session.Write(null, beforeCommit);
        }
    }

    [Fact]
    public void A_commit_that_failed_in_the_background_changes_nothing_that_was_promised_for_the_boundary_that_hears_of_it()
    {
        var time = new SteppedTime();
        using var failed = new ManualResetEventSlim();
        var options = new TestCatalog(new RecordingFiles()).Checkpoint(o => o with
        {
            Time = time, AutoFlush = new AutoFlush(), Staging = CheckpointStaging.Asynchronous,
        });
        using var session = options.Open();
        session.Bind(new WindState());
        var commits = 0;
        session.Committed += _ => Interlocked.Increment(ref commits);
        session.Failed += _ => failed.Set();
        // Until an interval is settled on, which takes a few commits: how many depends on whether their time falls into the call.
        for (var boundary = 0; boundary < 1000 && !(session.FlushInterval > 1 && session.FlushDue); boundary++)
        {
            Write(session.FlushDue ? () => time.Advance(TimeSpan.FromSeconds(3)) : null);
            session.Drain();
        }

        Assert.True(session.FlushInterval > 1);
        var before = commits;
        Write(() => throw new TransientException("no room"));
        Assert.True(failed.Wait(TimeSpan.FromSeconds(30)));
        Assert.False(session.FlushDue);

        // It is told as soon as the thread that met it has ended, and the commit after it has not.
        Assert.Throws<TransientException>(session.Drain);
        Assert.False(session.FlushDue);
        session.Write();

        session.Drain();
        Assert.Equal((before, true), (commits, session.FlushDue));

        void Write(Action? beforeCommit)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            session.Write(null, beforeCommit);
        }
    }

    private static int Measured(AutoFlush settings, double boundary, double stall)
    {
        var interval = new FlushInterval(settings);
        interval.CountBoundary(TimeSpan.FromSeconds(boundary));
        interval.CountStall(TimeSpan.FromSeconds(stall));
        return interval.Boundaries;
    }

    /// <summary>A clock whose every hand a test moves.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private TimeSpan _elapsed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public void Advance(TimeSpan by) => _elapsed += by;
        public override long GetTimestamp() => _elapsed.Ticks;
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _elapsed;
    }
}
