namespace Cairn.Engine.Ranks;

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

    /// <inheritdoc/>
    /// <remarks>There is no other rank to exchange with.</remarks>
    public void Exchange(ReadOnlySpan<PeerBytes> peers, ReadOnlySpan<byte> outgoing, Span<byte> incoming) =>
        ByteCounts.RequirePeers(peers, outgoing.Length, incoming.Length, rank: 0, ranks: 1);

    public void Gather(ReadOnlySpan<byte> part, Span<byte> whole, ReadOnlySpan<int> byteCounts)
    {
        ByteCounts.RequireGather(part.Length, whole.Length, byteCounts, ranks: 1);
        part.CopyTo(whole);
    }

    public void Dispose()
    {
    }
}
