using System.Threading.Channels;

namespace Cairn.Actors.Tests.Conformance;

/// <summary>An actor that keeps what it is told for a test to look at.</summary>
internal sealed class Probe
{
    /// <summary>Longer than any machine takes; only a test that fails waits so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();

    public Probe(ActorSystem system)
    {
        var writer = _received.Writer;
        Ref = system.ActorOf(Props.Create(() => new Recorder(writer)));
    }

    public sealed record Received(object Message, IActorRef Sender);

    public IActorRef Ref { get; }

    public async Task<Received> Next()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _received.Reader.ReadAsync(patience.Token);
    }

    public async Task<T> Expect<T>() => Assert.IsAssignableFrom<T>((await Next()).Message);

    public async Task Expect(params object[] messages)
    {
        foreach (var message in messages)
        {
            Assert.Equal(message, (await Next()).Message);
        }
    }

    /// <summary>What has come up to now, once all that was sent by whoever calls has arrived.</summary>
    public async Task<IReadOnlyList<object>> Drain()
    {
        var mark = new object();
        Ref.Tell(mark);
        var messages = new List<object>();
        while ((await Next()).Message is var message && message != mark)
        {
            messages.Add(message);
        }

        return messages;
    }

    private sealed class Recorder(ChannelWriter<Received> writer) : UntypedActor
    {
        protected override void OnReceive(object message) => writer.TryWrite(new Received(message, Sender));
    }
}
