namespace Cairn.Engine.Ranks;

/// <summary>One rank of an <see cref="InProcessGang"/>.</summary>
/// <param name="up">By sender, what it hands to the rank after it.</param>
/// <param name="down">By sender, what it hands to the rank before it.</param>
/// <param name="home">By sender, what it hands to rank 0.</param>
/// <param name="across">By sender and receiver, what it hands to any rank.</param>
internal sealed unsafe class InProcessCommunicator(
    InProcessGang gang, int rank, IReadOnlyList<Rendezvous> up, IReadOnlyList<Rendezvous> down, IReadOnlyList<Rendezvous> home,
    IReadOnlyList<Rendezvous[]> across) : ICommunicator
{
    private readonly Rendezvous _up = up[rank], _down = down[rank], _home = home[rank];
    private readonly Rendezvous _fromPrevious = up[(rank + up.Count - 1) % up.Count], _fromNext = down[(rank + 1) % down.Count];

    public int Rank => rank;
    public int Size => up.Count;

    public void Exchange(ReadOnlySpan<byte> toPrevious, Span<byte> fromPrevious, ReadOnlySpan<byte> toNext, Span<byte> fromNext)
    {
        gang.ThrowIfAborted(rank);
        fixed (byte* previous = toPrevious, next = toNext)
        {
            try
            {
                // All offer before any takes, so that no circle of waiting can close.
                _down.Offer(previous, toPrevious.Length);
                _up.Offer(next, toNext.Length);
                _fromPrevious.Take(fromPrevious);
                _fromNext.Take(fromNext);
                _down.AwaitTaken();
                _up.AwaitTaken();
            }
            finally
            {
                _down.Withdraw();
                _up.Withdraw();
            }
        }
    }

    public void Exchange(ReadOnlySpan<PeerBytes> peers, ReadOnlySpan<byte> outgoing, Span<byte> incoming)
    {
        gang.ThrowIfAborted(rank);
        ByteCounts.RequirePeers(peers, outgoing.Length, incoming.Length, rank, Size);
        fixed (byte* bytes = outgoing)
        {
            try
            {
                foreach (var peer in peers)
                    across[rank][peer.Rank].Offer(bytes + peer.OutStart, peer.OutCount);
                foreach (var peer in peers)
                    across[peer.Rank][rank].Take(incoming.Slice(peer.InStart, peer.InCount));
                foreach (var peer in peers)
                    across[rank][peer.Rank].AwaitTaken();
            }
            finally
            {
                foreach (var peer in peers)
                    across[rank][peer.Rank].Withdraw();
            }
        }
    }

    public void Gather(ReadOnlySpan<byte> part, Span<byte> whole, ReadOnlySpan<int> byteCounts)
    {
        gang.ThrowIfAborted(rank);
        if (rank == 0)
        {
            Collect(part, whole, byteCounts);
            return;
        }
        fixed (byte* own = part)
        {
            try
            {
                _home.Offer(own, part.Length);
                _home.AwaitTaken();
            }
            finally
            {
                _home.Withdraw();
            }
        }
    }

    public void Dispose() => gang.Leave(rank);

    private void Collect(ReadOnlySpan<byte> part, Span<byte> whole, ReadOnlySpan<int> byteCounts)
    {
        ByteCounts.RequireGather(part.Length, whole.Length, byteCounts, Size);
        part.CopyTo(whole);
        var start = part.Length;
        for (var sender = 1; sender < Size; sender++)
        {
            home[sender].Take(whole.Slice(start, byteCounts[sender]));
            start += byteCounts[sender];
        }
    }
}
