namespace Cairn.Engine.Rollouts;

/// <summary>How an ensemble is cut into batches.</summary>
public static class BatchLayout
{
    /// <summary>
    /// Cuts members 0 to <paramref name="size"/> - 1 into batches. When the run was begun with the same batch size, its batches stay as
    /// they are. Members that an ensemble grows by never share a batch with those that it had: nothing is computed twice.
    /// </summary>
    /// <param name="size">Members of the ensemble.</param>
    /// <param name="batchSize">Largest number of members in a batch.</param>
    /// <param name="begun">The batches of the run as it was begun, in order; empty for a new run.</param>
    /// <param name="begunBatchSize">The batch size that those were cut with.</param>
    public static IReadOnlyList<MemberRange> Cut(int size, int batchSize, IReadOnlyList<MemberRange> begun, int begunBatchSize)
    {
        ArgumentNullException.ThrowIfNull(begun);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var grows = IsContiguous(begun) && begun[^1].Last < size;
        var old = grows ? begun[^1].Last + 1 : 0;
        IEnumerable<MemberRange> had = grows && batchSize == begunBatchSize ? begun : Cut(0, old, batchSize);
        return [.. had, .. Cut(old, size, batchSize)];
    }

    private static IEnumerable<MemberRange> Cut(int from, int end, int batchSize)
    {
        for (long first = from; first < end; first += batchSize)
        {
            yield return new MemberRange((int)first, (int)Math.Min(first + batchSize, end) - 1);
        }
    }

    private static bool IsContiguous(IReadOnlyList<MemberRange> batches)
    {
        var next = 0;
        foreach (var batch in batches)
        {
            if (batch.First != next || batch.Count < 1)
            {
                return false;
            }

            next = batch.Last + 1;
        }

        return batches.Count > 0;
    }
}
