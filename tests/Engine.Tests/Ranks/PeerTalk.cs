namespace Cairn.Engine.Tests.Ranks;

/// <summary>Exchanges of ranks with peers drawn by a seed that all ranks share, each byte known beforehand.</summary>
internal static class PeerTalk
{
    /// <summary>One exchange, from no peer at all to all of them, of nothing up to beyond what MPI sends at once.</summary>
    public static bool Holds(ICommunicator ranks, int seed)
    {
        var random = new Random(seed);
        var bytes = new int[ranks.Size, ranks.Size];
        for (var one = 0; one < ranks.Size; one++)
        {
            for (var other = one + 1; other < ranks.Size; other++)
            {
                var (apart, most) = (random.Next(3) == 0, random.Next(20) == 0 ? 200_000 : 100);
                (bytes[one, other], bytes[other, one]) = apart ? (-1, -1) : (random.Next(most), random.Next(most));
            }
        }
        var (peers, outgoing, incoming) = (new List<PeerBytes>(), new List<byte>(), 0);
        for (var peer = 0; peer < ranks.Size; peer++)
        {
            if (peer != ranks.Rank && bytes[ranks.Rank, peer] is var sent and >= 0)
            {
                peers.Add(new PeerBytes(peer, outgoing.Count, sent, incoming, bytes[peer, ranks.Rank]));
                outgoing.AddRange(Says(ranks.Rank, peer, sent));
                incoming += bytes[peer, ranks.Rank];
            }
        }
        var room = new byte[incoming];
        ranks.Exchange([.. peers], outgoing.ToArray(), room);
        return peers.All(p => room.AsSpan(p.InStart, p.InCount).SequenceEqual(Says(p.Rank, ranks.Rank, p.InCount)));
    }

    private static byte[] Says(int from, int to, int bytes) =>
        [.. Enumerable.Range(0, bytes).Select(i => (byte)((from * 31) + (to * 17) + (i * 5)))];
}
