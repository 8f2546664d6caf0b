namespace Cairn.Bench.Actors;

/// <summary>Answers with what it is asked.</summary>
internal sealed class Echo : UntypedActor
{
    protected override void OnReceive(object message) => Sender.Tell(message);
}
