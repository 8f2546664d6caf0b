namespace Cairn.Engine.Ranks;

/// <summary>Checks that what ranks send fits what others expect.</summary>
internal static class ByteCounts
{
    internal static void RequireSame(int sent, int room, int sender, int receiver)
    {
        if (sent != room)
        {
            throw new SpecException($"Rank {sender} sent {sent} bytes to rank {receiver}, which expected {room}: "
                + "the two do not agree on how the domain is cut, or on the number of members.");
        }
    }

    /// <summary>What rank 0 must be given for a gather.</summary>
    internal static void RequireGather(int part, int whole, ReadOnlySpan<int> byteCounts, int ranks)
    {
        long sum = 0;
        foreach (var count in byteCounts)
        {
            sum += count;
        }

        if (byteCounts.Length != ranks || byteCounts[0] != part || sum != whole)
        {
            throw new SpecException($"A gather of {ranks} parts on rank 0, whose own has {part} bytes, was given "
                + $"{byteCounts.Length} counts ({string.Join(", ", byteCounts.ToArray())}) and room for {whole} bytes; "
                + "expected one count a rank, the first its own, and room for their sum.");
        }
    }
}
