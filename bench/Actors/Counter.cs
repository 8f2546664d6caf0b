namespace Cairn.Bench.Actors;

/// <summary>Counts ticks, and tells when all have come.</summary>
internal sealed class Counter(int expected, CountdownEvent done) : UntypedActor
{
    private int _count;

    protected override void OnReceive(object message)
    {
        if (++_count == expected)
        {
            done.Signal();
        }
    }
}
