namespace Cairn.Engine.Ranks;

/// <summary>One direction between two threads: the sender shows its memory, the receiver copies from it, and only then does the sender go
/// on. So bytes are copied once, and nothing is allocated.</summary>
internal sealed unsafe class Rendezvous(InProcessGang gang, int sender, int receiver)
{
    private const int LooksBeforeSleep = 20;
    private readonly object _gate = new();
    private byte* _data;
    private int _length;
    private volatile bool _offered;

    /// <summary>Shows memory that must stay where it is until <see cref="AwaitTaken"/> or <see cref="Withdraw"/> has returned.</summary>
    public void Offer(byte* data, int length)
    {
        lock (_gate)
        {
            _data = data;
            _length = length;
            _offered = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Take(Span<byte> room)
    {
        Spin(untilOffered: true);
        lock (_gate)
        {
            while (!_offered)
            {
                gang.ThrowIfHopeless(waiting: receiver, waitedFor: sender);
                Monitor.Wait(_gate);
            }
            // Copied under the lock, so that a sender which is torn from its wait cannot take the memory away meanwhile.
            ByteCounts.RequireSame(_length, room.Length, sender, receiver);
            new ReadOnlySpan<byte>(_data, _length).CopyTo(room);
            _offered = false;
            Monitor.Pulse(_gate);
        }
    }

    public void AwaitTaken()
    {
        Spin(untilOffered: false);
        lock (_gate)
        {
            while (_offered)
            {
                gang.ThrowIfHopeless(waiting: sender, waitedFor: receiver);
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Withdraws an offer that was not taken; does nothing after one that was taken.</summary>
    public void Withdraw()
    {
        lock (_gate)
        {
            _offered = false;
        }
    }

    /// <summary>Lets both sides look whether waiting still makes sense.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Neighbours step alike and come at nearly the same time: some microseconds of looking, and then of letting others run, spare
    /// most of the sleeping, which on a busy machine costs three times as much.</summary>
    private void Spin(bool untilOffered)
    {
        var spin = new SpinWait();
        while (_offered != untilOffered && spin.Count < LooksBeforeSleep)
            spin.SpinOnce(sleep1Threshold: -1);
    }
}
