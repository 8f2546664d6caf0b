namespace Cairn.Engine.Ranks;

/// <summary>The ranks of one process: a thread each, exchanging through memory.</summary>
public sealed class InProcessGang
{
    private readonly InProcessCommunicator[] _ranks;
    private readonly bool[] _left;
    private Exception? _cause;

    private InProcessGang(int size)
    {
        var (up, down, home) = (Handovers(size, r => (r + 1) % size), Handovers(size, r => (r + size - 1) % size), Handovers(size, _ => 0));
        Rendezvous[][] across = [.. Enumerable.Range(0, size).Select(sender => Across(sender, size))];
        _left = new bool[size];
        _ranks = [.. Enumerable.Range(0, size).Select(rank => new InProcessCommunicator(this, rank, up, down, home, across))];
        All = [.. up, .. down, .. home, .. across.SelectMany(handover => handover)];
    }

    /// <summary>One communicator a rank, each for a thread of its own.</summary>
    public IReadOnlyList<ICommunicator> Ranks => _ranks;

    private IReadOnlyList<Rendezvous> All { get; }

    /// <exception cref="SpecException"><paramref name="size"/> is below 1.</exception>
    public static InProcessGang Create(int size) => size >= 1
        ? new InProcessGang(size)
        : throw new SpecException($"A gang of {size} ranks was asked for; expected at least 1.");

    /// <summary>Ends every exchange and gather, those that wait now and those to come, with a <see cref="GangAbortedException"/>. The first
    /// cause counts.</summary>
    public void Abort(Exception cause)
    {
        Interlocked.CompareExchange(ref _cause, cause, null);
        WakeAll();
    }

    /// <summary>From now on, no rank waits for this one.</summary>
    internal void Leave(int rank)
    {
        Volatile.Write(ref _left[rank], true);
        WakeAll();
    }

    internal void ThrowIfAborted(int rank)
    {
        if (Volatile.Read(ref _cause) is { } cause)
            throw new GangAbortedException(
                $"Rank {rank} of {_ranks.Length} stopped: its gang was aborted ({cause.Message}). Start the gang again.", cause)
            {
                Rank = rank,
            };
    }

    internal void ThrowIfHopeless(int waiting, int waitedFor)
    {
        ThrowIfAborted(waiting);
        if (Volatile.Read(ref _left[waitedFor]))
            throw new GangAbortedException(
                $"Rank {waiting} of {_ranks.Length} waited for rank {waitedFor}, which has left the gang. Start the gang again.")
            {
                Rank = waiting,
            };
    }

    /// <summary>One handover a receiving rank.</summary>
    private Rendezvous[] Across(int sender, int size) =>
        [.. Enumerable.Range(0, size).Select(receiver => new Rendezvous(this, sender, receiver))];

    private void WakeAll()
    {
        foreach (var handover in All)
            handover.Wake();
    }

    /// <summary>One handover a sending rank.</summary>
    private Rendezvous[] Handovers(int size, Func<int, int> receiver) =>
        [.. Enumerable.Range(0, size).Select(sender => new Rendezvous(this, sender, receiver(sender)))];
}
