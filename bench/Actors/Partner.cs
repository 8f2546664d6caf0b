namespace Cairn.Bench.Actors;

/// <summary>Plays a tick back and forth with whoever sends it, for a number of turns.</summary>
internal sealed class Partner(int turns, CountdownEvent done) : UntypedActor
{
    private int _left = turns;

    protected override void OnReceive(object message)
    {
        if (_left-- > 0)
        {
            Sender.Tell(message);
        }
        else
        {
            done.Signal();
        }
    }
}
