namespace Cairn.Engine.Rollouts;

/// <summary>How an ensemble is cut into batches.</summary>
public static class BatchCut
{
    /// <summary>
    /// Cuts members 0 to <paramref name="size"/> - 1 into batches. When the run was begun with the same batch size, its batches stay as they are and
    /// only members beyond them are cut anew, so that an ensemble that grows computes nothing twice.
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
        var kept = batchSize == begunBatchSize && IsContiguous(begun) && begun[^1].Last < size ? begun : [];
        var batches = new List<MemberRange>(kept);
        for (var first = kept.Count == 0 ? 0 : kept[^1].Last + 1; first < size; first += batchSize)
        {
            batches.Add(new MemberRange(first, Math.Min(first + batchSize, size) - 1));
        }

        return batches;
    }

    private static bool IsContiguous(IReadOnlyList<MemberRange> batches)
    {
        var next = 0;
        foreach (var batch in batches)
        {
            if (batch.First != next)
            {
                return false;
            }

            next = batch.Last + 1;
        }

        return batches.Count > 0;
    }
}
