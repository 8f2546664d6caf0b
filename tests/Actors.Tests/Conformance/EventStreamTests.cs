namespace Cairn.Actors.Tests.Conformance;

public sealed class EventStreamTests : ConformanceTest
{
    private interface INews;

    private abstract record Weather : INews;

    private sealed record Storm(string Name) : Weather;

    [Fact]
    public async Task Subscribers_of_a_type_hear_all_that_derives_from_it_once()
    {
        Assert.True(System.EventStream.Subscribe(Probe.Ref, typeof(INews)));
        Assert.True(System.EventStream.Subscribe(Probe.Ref, typeof(Weather)));
        Assert.False(System.EventStream.Subscribe<Weather>(Probe.Ref));
        System.EventStream.Publish(new Storm("Emma"));
        System.EventStream.Publish("no news");
        Assert.Equal([new Storm("Emma")], await Probe.Drain());
    }

    [Fact]
    public async Task Who_unsubscribes_hears_no_more()
    {
        System.EventStream.Subscribe<Weather>(Probe.Ref);
        Assert.True(System.EventStream.Unsubscribe<Weather>(Probe.Ref));
        Assert.False(System.EventStream.Unsubscribe(Probe.Ref, typeof(Weather)));
        System.EventStream.Subscribe<INews>(Probe.Ref);
        Assert.True(System.EventStream.Unsubscribe(Probe.Ref));
        System.EventStream.Publish(new Storm("Emma"));
        Assert.Empty(await Probe.Drain());
    }

    [Fact]
    public async Task Actors_log_to_the_event_stream()
    {
        System.EventStream.Subscribe<LogEvent>(Probe.Ref);
        var actor = Create(new()
        {
            OnMessage = (self, _) =>
            {
                var log = self.Place.GetLogger();
                log.Debug("too small to tell");
                log.Info("rank {0} of {1}", 3, 4);
                log.Warning("slow");
                log.Error(new TimeoutException(), "late by {0}", 5);
                return true;
            },
        });
        actor.Tell("log");
        var events = new List<LogEvent>();
        while (events.Count < 3)
        {
            var next = await Probe.Expect<LogEvent>();
            events.AddRange(next.LogSource.StartsWith(actor.Path.ToString(), StringComparison.Ordinal) ? [next] : Array.Empty<LogEvent>());
        }

        Assert.Equal(["rank 3 of 4", "slow", "late by 5"], events.Select(e => e.Message.ToString()));
        Assert.Equal([LogLevel.InfoLevel, LogLevel.WarningLevel, LogLevel.ErrorLevel], events.Select(e => e.LogLevel()));
        Assert.IsType<TimeoutException>(events[2].Cause);
    }
}
