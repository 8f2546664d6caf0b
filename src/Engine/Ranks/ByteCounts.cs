namespace Cairn.Engine.Ranks;

/// <summary>Checks that what ranks send fits what others expect.</summary>
internal static class ByteCounts
{
    private const string NoAgreement = "the two do not agree on how the domain is cut, or on the number of members.";

    internal static void RequireSame(int sent, int room, int sender, int receiver)
    {
        if (sent != room)
            throw new SpecException($"Rank {sender} sent {sent} bytes to rank {receiver}, which expected {room}: {NoAgreement}");
    }

    /// <summary>A message for which there was not enough room, so that its length is not known.</summary>
    internal static SpecException TooMany(int room, int sender, int receiver) =>
        new($"Rank {sender} sent more bytes to rank {receiver} than the {room} that it expected: {NoAgreement}");

    /// <summary>What a rank must be given for an exchange with any ranks.</summary>
    internal static void RequirePeers(ReadOnlySpan<PeerBytes> peers, int outgoing, int incoming, int rank, int ranks)
    {
        var last = -1;
        foreach (var peer in peers)
        {
            if (peer.Rank <= last || peer.Rank >= ranks || peer.Rank == rank
                || !Holds(peer.OutStart, peer.OutCount, outgoing) || !Holds(peer.InStart, peer.InCount, incoming))
            {
                throw new SpecException($"Rank {rank} of {ranks} was to exchange {peer} in buffers of {outgoing} and {incoming} bytes; "
                    + "expected other ranks, growing, with ranges inside the buffers.");
            }
            last = peer.Rank;
        }
    }

    private static bool Holds(int start, int count, int room) => start >= 0 && count >= 0 && start <= room - count;

    /// <summary>What rank 0 must be given for a gather.</summary>
    internal static void RequireGather(int part, int whole, ReadOnlySpan<int> byteCounts, int ranks)
    {
        long sum = 0;
        foreach (var count in byteCounts)
            sum += count;
        if (byteCounts.Length != ranks || byteCounts[0] != part || sum != whole)
            throw new SpecException($"A gather of {ranks} parts on rank 0, whose own has {part} bytes, was given "
                + $"{byteCounts.Length} counts ({string.Join(", ", byteCounts.ToArray())}) and room for {whole} bytes; "
                + "expected one count a rank, the first its own, and room for their sum.");
    }
}

/// <summary>What one rank exchanges with another: a range of the bytes that it sends, and one of those that it receives.</summary>
/// <param name="Rank">The other rank.</param>
/// <param name="OutStart">Where the bytes for it begin.</param>
/// <param name="OutCount">How many they are; may be none.</param>
/// <param name="InStart">Where the bytes from it go.</param>
/// <param name="InCount">How many are expected; may be none.</param>
public readonly record struct PeerBytes(int Rank, int OutStart, int OutCount, int InStart, int InCount);
