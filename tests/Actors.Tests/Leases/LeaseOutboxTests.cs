using Cairn.Actors.Leases;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Tests.Leases;

public sealed class LeaseOutboxTests
{
    [Fact]
    public void Things_are_sent_in_order_one_at_a_time_and_the_end_last()
    {
        var outbox = new LeaseOutbox();
        outbox.Add(Event("a"));
        outbox.Add(Session("s1"));
        outbox.End(End);
        outbox.Add(Event("late"));

        Assert.Equal(["a"], Kinds(outbox.Next()));
        Assert.Null(outbox.Next());
        outbox.Sent(Event("a"));
        var session = Assert.IsType<LeaseEntry.Session>(outbox.Next());
        outbox.Sent(session);
        outbox.Sent(Assert.IsType<LeaseEntry.Events>(outbox.Next()));
        Assert.Equal(End, Assert.IsType<LeaseEntry.Ended>(outbox.Next()).End);
    }

    [Fact]
    public void Events_that_follow_each_other_go_together_but_never_past_a_session()
    {
        var outbox = new LeaseOutbox();
        outbox.Add(Event("a"));
        outbox.Add(Event("b"));
        outbox.Add(Session("s1"));
        outbox.Add(Event("c"));

        var first = outbox.Next()!;
        Assert.Equal(["a", "b"], Kinds(first));
        outbox.Sent(first);
        Assert.IsType<LeaseEntry.Session>(outbox.Next());
    }

    [Fact]
    public void What_did_not_arrive_is_sent_again_and_what_came_meanwhile_does_not_go_before_it()
    {
        var outbox = new LeaseOutbox();
        outbox.Add(Session("s1"));
        _ = outbox.Next();
        outbox.Add(Session("s2"));
        outbox.Failed();

        Assert.Equal(1, outbox.Failures);
        Assert.Equal("s1", Assert.IsType<LeaseEntry.Session>(outbox.Next()).Record.Name);
    }

    [Fact]
    public void An_event_that_came_while_others_were_on_their_way_is_not_taken_for_sent()
    {
        var outbox = new LeaseOutbox();
        outbox.Add(Event("a"));
        var first = outbox.Next()!;
        outbox.Add(Event("b"));
        outbox.Sent(first);

        Assert.Equal(["b"], Kinds(outbox.Next()));
    }

    private static readonly AttemptEnd End = new(AttemptOutcome.Completed, null, 7);

    private static LeaseEntry.Events Event(string kind) => new([new EventRecord(kind, "{}")]);

    private static LeaseEntry.Session Session(string name) => new(new SessionRecord(name, 1, TimeSpan.Zero));

    private static IEnumerable<string> Kinds(LeaseEntry? entry) => Assert.IsType<LeaseEntry.Events>(entry).Records.Select(r => r.Kind);
}
