namespace Cairn.Engine.Ranks;

/// <summary>The exchange of model data between the ranks of a gang. Ranks form a ring: before rank 0 is the last one, and after that rank
/// 0.</summary>
/// <remarks>Every call is collective: all ranks make the same calls in the same order, and a call returns once this rank's part is done. It
/// waits for the others without a deadline; the supervisor of the gang ends that. One thread of a rank calls at a time.</remarks>
public interface ICommunicator : IDisposable
{
    /// <summary>This rank's number, from 0.</summary>
    int Rank { get; }

    /// <summary>Number of ranks.</summary>
    int Size { get; }

    /// <summary>Exchanges halos with both neighbours. With one or two ranks both are the same rank, and the two directions stay
    /// apart.</summary>
    /// <param name="toPrevious">Bytes for the rank before this one, whose <paramref name="fromNext"/> they become.</param>
    /// <param name="fromPrevious">Room for just as many bytes as the rank before this one sends to its next.</param>
    /// <param name="toNext">Bytes for the rank after this one, whose <paramref name="fromPrevious"/> they become.</param>
    /// <param name="fromNext">Room for just as many bytes as the rank after this one sends to its previous.</param>
    /// <exception cref="SpecException">A neighbour sent another number of bytes than there is room for.</exception>
    /// <exception cref="TransientException">A neighbour failed, or the gang was aborted.</exception>
    void Exchange(ReadOnlySpan<byte> toPrevious, Span<byte> fromPrevious, ReadOnlySpan<byte> toNext, Span<byte> fromNext);

    /// <summary>Exchanges with any ranks, no, one or several messages each way: every rank that names another is named by it in the same
    /// call.</summary>
    /// <param name="peers">The other ranks, growing, and where in the two buffers each one's bytes lie.</param>
    /// <param name="outgoing">Bytes for the peers.</param>
    /// <param name="incoming">Room for just as many bytes as each peer sends.</param>
    /// <exception cref="SpecException">A peer sent another number of bytes than there is room for; or the peers are not other ranks,
    /// growing, with ranges inside the buffers.</exception>
    /// <exception cref="TransientException">A peer failed, or the gang was aborted.</exception>
    void Exchange(ReadOnlySpan<PeerBytes> peers, ReadOnlySpan<byte> outgoing, Span<byte> incoming);

    /// <summary>Brings the parts of all ranks together on rank 0, in order of ranks.</summary>
    /// <param name="part">This rank's bytes.</param>
    /// <param name="whole">On rank 0, room for all parts; elsewhere ignored.</param>
    /// <param name="byteCounts">On rank 0, how many bytes each rank gives; elsewhere ignored.</param>
    /// <exception cref="SpecException">The counts do not fit the parts or the room.</exception>
    /// <exception cref="TransientException">A rank failed, or the gang was aborted.</exception>
    void Gather(ReadOnlySpan<byte> part, Span<byte> whole, ReadOnlySpan<int> byteCounts);
}

/// <summary>The gang of one: its neighbours on both sides are itself.</summary>
public sealed class SoloCommunicator : ICommunicator
{
    public int Rank => 0;
    public int Size => 1;

    public void Exchange(ReadOnlySpan<byte> toPrevious, Span<byte> fromPrevious, ReadOnlySpan<byte> toNext, Span<byte> fromNext)
    {
        ByteCounts.RequireSame(toNext.Length, fromPrevious.Length, sender: 0, receiver: 0);
        ByteCounts.RequireSame(toPrevious.Length, fromNext.Length, sender: 0, receiver: 0);
        toNext.CopyTo(fromPrevious);
        toPrevious.CopyTo(fromNext);
    }

    /// <remarks>There is no other rank to exchange with.</remarks>
    public void Exchange(ReadOnlySpan<PeerBytes> peers, ReadOnlySpan<byte> outgoing, Span<byte> incoming) =>
        ByteCounts.RequirePeers(peers, outgoing.Length, incoming.Length, rank: 0, ranks: 1);

    public void Gather(ReadOnlySpan<byte> part, Span<byte> whole, ReadOnlySpan<int> byteCounts)
    {
        ByteCounts.RequireGather(part.Length, whole.Length, byteCounts, ranks: 1);
        part.CopyTo(whole);
    }

    public void Dispose() { }
}

/// <summary>Another rank of the gang failed or left, so this one stopped waiting for it. A restarted gang may succeed.</summary>
public sealed class GangAbortedException(string message, Exception? inner = null) : TransientException(message, inner)
{
    /// <summary>The rank that stopped waiting.</summary>
    public int Rank { get; init; }
}
