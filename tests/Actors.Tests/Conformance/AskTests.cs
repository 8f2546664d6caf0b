namespace Cairn.Actors.Tests.Conformance;

public sealed class AskTests : ConformanceTest
{
    private IActorRef Echo() => Create(new() { OnMessage = (self, m) => m is "silence" || MessagingTests.TellTo(self.Sender, m) });

    [Fact]
    public async Task The_first_answer_completes_the_task()
    {
        Assert.Equal(5, await Echo().Ask<int>(5, Probe.Patience));
        Assert.Equal("x", await Echo().Ask("x"));
    }

    [Fact]
    public Task Silence_ends_in_a_timeout() =>
        Assert.ThrowsAsync<AskTimeoutException>(() => Echo().Ask<int>("silence", TimeSpan.FromMilliseconds(20)));

    [Fact]
    public async Task A_question_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        var answer = Echo().Ask<int>("silence", source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task A_failure_as_answer_fails_the_task()
    {
        var failure = new Status.Failure(new TimeoutException("too deep"));
        var e = await Assert.ThrowsAsync<TimeoutException>(() => Echo().Ask<int>(failure, Probe.Patience));
        Assert.Equal("too deep", e.Message);
        Assert.Same(failure, await Echo().Ask<Status>(failure, Probe.Patience));
    }

    [Fact]
    public Task An_answer_of_another_type_fails_the_task() =>
        Assert.ThrowsAsync<ArgumentException>(() => Echo().Ask<int>("text", Probe.Patience));

    [Fact]
    public async Task A_second_answer_is_a_dead_letter()
    {
        System.EventStream.Subscribe(Probe.Ref, typeof(DeadLetter));
        var twice = Create(new()
        {
            OnMessage = (self, m) => MessagingTests.TellTo(self.Sender, m) && MessagingTests.TellTo(self.Sender, "again"),
        });
        Assert.Equal(1, await twice.Ask<int>(1, Probe.Patience));
        Assert.Equal("again", (await Probe.Expect<DeadLetter>()).Message);
    }

    [Fact]
    public async Task A_task_is_piped_as_a_message_with_its_outcome()
    {
        await Task.FromResult(5).PipeTo(Probe.Ref, Probe.Ref);
        Assert.Equal(new Probe.Received(5, Probe.Ref), await Probe.Next());
        await Task.FromResult(5).PipeTo(Probe.Ref, success: n => $"got {n}");
        await Task.FromException<int>(new TimeoutException("slow")).PipeTo(Probe.Ref);
        await Task.FromException(new TimeoutException("slow")).PipeTo(Probe.Ref, failure: e => e.Message);
        await Task.CompletedTask.PipeTo(Probe.Ref, success: () => "done");
        await Task.CompletedTask.PipeTo(Probe.Ref);
        await Probe.Expect("got 5");
        Assert.IsType<TimeoutException>((await Probe.Expect<Status.Failure>()).Cause);
        await Probe.Expect("slow", "done");
        Assert.Empty(await Probe.Drain());
    }
}
