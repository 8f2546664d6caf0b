namespace Cairn.Engine.Rollouts;

/// <summary>How an ensemble is cut into batches.</summary>
public static class BatchLayout
{
    /// <summary>Cuts the members of each initial time into batches, as <see cref="Cut(int, int, IReadOnlyList{MemberRange}, int)"/> does
    /// for one: no batch has members of two times. Times that a run grows by leave the batches of those that it had as they are.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="begun">The batches of the run as it was begun, in order; empty for a new run.</param>
    /// <param name="begunBatchSize">The batch size that those were cut with.</param>
    public static IReadOnlyList<MemberRange> Cut(RunSpec spec, IReadOnlyList<MemberRange> begun, int begunBatchSize)
    {
        var (ensemble, members, batches) = (spec.Ensemble, spec.Members, new List<MemberRange>());
        for (var time = 0; time < members.Times; time++)
        {
            var (first, last) = (members.Of(time, 0), members.Of(time, members.Members - 1));
            var had = begun.Where(b => b.First >= first && b.First <= last).Select(b => new MemberRange(b.First - first, b.Last - first));
            batches.AddRange(Cut(ensemble.Size, ensemble.BatchSize, [.. had], begunBatchSize)
                .Select(b => Named(new MemberRange(first + b.First, first + b.Last), spec)));
        }
        return batches;
    }

    /// <summary>A batch of a run that knows which of several initial times it is of.</summary>
    public static MemberRange Named(MemberRange batch, RunSpec spec)
    {
        var (members, time) = (spec.Members, spec.Members.TimeOf(batch.First));
        return members.Times == 1 || time >= members.Times
            ? batch
            : batch with { Of = new BatchTime($"{spec.Initial.At(time).Time}", members.Of(time, 0)) };
    }

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
            yield return new MemberRange((int)first, (int)Math.Min(first + batchSize, end) - 1);
    }

    private static bool IsContiguous(IReadOnlyList<MemberRange> batches)
    {
        var next = 0;
        foreach (var batch in batches)
        {
            if (batch.First != next || batch.Count < 1)
                return false;
            next = batch.Last + 1;
        }
        return batches.Count > 0;
    }
}
