namespace Cairn.Engine.Mesh.Partition;

/// <summary>Fills the ghosts of quantities with what the ranks that own them have: one message a peer for all of them.</summary>
internal sealed class GhostExchange(MeshPart part, ICommunicator ranks)
{
    private readonly PeerBytes[] _peers = new PeerBytes[part.Peers.Count];
    private double[] _out = [];
    private double[] _in = [];

    /// <summary>Collective: all ranks exchange as many quantities, in the same order.</summary>
    public void Fill(params ReadOnlySpan<double[]> quantities)
    {
        if (part.Ranks == 1)
            return;
        var (sent, received) = Plan(quantities.Length);
        Pack(quantities);
        ranks.Exchange(_peers, MemoryMarshal.AsBytes(_out.AsSpan(0, sent)), MemoryMarshal.AsBytes(_in.AsSpan(0, received)));
        Unpack(quantities);
    }

    /// <summary>Where each peer's values lie in the two buffers, which grow to what is needed.</summary>
    private (int Sent, int Received) Plan(int quantities)
    {
        const int Size = sizeof(double);
        var (sent, received) = (0, 0);
        for (var i = 0; i < _peers.Length; i++)
        {
            var peer = part.Peers[i];
            var (outgoing, incoming) = (peer.Sent.Length * quantities, peer.GhostCount * quantities);
            _peers[i] = new PeerBytes(peer.Rank, sent * Size, outgoing * Size, received * Size, incoming * Size);
            (sent, received) = (sent + outgoing, received + incoming);
        }
        if (_out.Length < sent || _in.Length < received)
            (_out, _in) = (new double[sent], new double[received]);
        return (sent, received);
    }

    private void Pack(ReadOnlySpan<double[]> quantities)
    {
        var at = 0;
        foreach (var peer in part.Peers)
        {
            foreach (var quantity in quantities)
            {
                foreach (var index in peer.Sent)
                    _out[at++] = quantity[index];
            }
        }
    }

    private void Unpack(ReadOnlySpan<double[]> quantities)
    {
        var at = 0;
        foreach (var peer in part.Peers)
        {
            foreach (var quantity in quantities)
            {
                _in.AsSpan(at, peer.GhostCount).CopyTo(quantity.AsSpan(peer.FirstGhost));
                at += peer.GhostCount;
            }
        }
    }
}
