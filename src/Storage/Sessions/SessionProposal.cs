namespace Cairn.Storage.Sessions;

/// <summary>What the ranks of a gang have staged for one session, and whether it may become one: all of them at the same boundary, of the
/// same epoch, and together holding every sharded field exactly once.</summary>
/// <param name="WorldSize">How many ranks the gang has.</param>
/// <param name="Epoch">The gang's epoch.</param>
/// <param name="Ranks">What was staged, in any order.</param>
public sealed record SessionProposal(int WorldSize, int Epoch, IReadOnlyList<RankManifest> Ranks)
{
    /// <summary>Every defect of the session, each naming its rank and field; empty when it may be committed.</summary>
    public IReadOnlyList<string> Defects
    {
        get
        {
            List<string> missing = [.. Membership()];
            return missing.Count > 0 ? missing : [.. Boundaries(), .. Shares()];
        }
    }

    /// <summary>The sharded fields by <c>state_id.field</c>, each with the slices of all ranks that hold it.</summary>
    public IReadOnlyDictionary<string, ShardedField> Fields => InOrder
        .SelectMany(r => r.Manifest.Shards.Select(s => (r.Rank, s.Key, s.Value)))
        .GroupBy(s => s.Key)
        .ToDictionary(
            g => g.Key,
            g => new ShardedField(
                g.First().Value.DType, g.First().Value.Slice.GlobalShape, [.. g.Select(s => new RankSlice(s.Rank, s.Value.Slice))]));

    internal IEnumerable<RankManifest> InOrder => Ranks.OrderBy(r => r.Rank);

    private IEnumerable<string> Membership()
    {
        foreach (var rank in Enumerable.Range(0, WorldSize))
        {
            var count = Ranks.Count(r => r.Rank == rank);
            if (count != 1)
                yield return count == 0
                    ? $"Rank {rank} of {WorldSize} has staged nothing."
                    : string.Create(CultureInfo.InvariantCulture, $"Rank {rank} has staged {count} commits; expected one.");
        }

        foreach (var outsider in InOrder.Where(r => r.Rank < 0 || r.Rank >= WorldSize))
            yield return $"Rank {outsider.Rank} is not one of the gang's {WorldSize} ranks.";

        foreach (var rank in InOrder.Where(r => r.Row.Rank != r.Rank || r.Row.WorldSize != WorldSize))
            yield return $"The commit {rank.CommitId} in the folder of rank {rank.Rank} was written by rank "
                + $"{rank.Row.Rank} of {rank.Row.WorldSize}; expected rank {rank.Rank} of {WorldSize}.";
    }

    private IEnumerable<string> Boundaries()
    {
        var first = InOrder.First();
        foreach (var rank in InOrder)
        {
            if (rank.Row.Epoch != Epoch)
                yield return $"Rank {rank.Rank} staged under epoch {rank.Row.Epoch}; the gang's is {Epoch}.";

            if (rank.Row.WriteCount != first.Row.WriteCount)
                yield return $"Rank {rank.Rank} is at write count {rank.Row.WriteCount}, rank {first.Rank} at {first.Row.WriteCount}.";

            if (!LeadTimes.AreEqual(rank.Row, first.Row))
                yield return $"Rank {rank.Rank} is at lead time {LeadTimes.Text(rank.Row)}, "
                    + $"rank {first.Rank} at {LeadTimes.Text(first.Row)}.";

            if (rank.Row.CheckpointName != first.Row.CheckpointName || rank.Row.SpecDigest != first.Row.SpecDigest)
                yield return
                    $"Rank {rank.Rank} writes the checkpoint '{rank.Row.CheckpointName}' of spec {rank.Row.SpecDigest ?? "(none)"}, "
                    + $"rank {first.Rank} '{first.Row.CheckpointName}' of spec {first.Row.SpecDigest ?? "(none)"}.";

            if (Differing(rank.Row.Fingerprint, first.Row.Fingerprint) is { } print)
                yield return $"Rank {rank.Rank} has another fingerprint than rank {first.Rank}: {print} differs.";
        }
    }

    private IEnumerable<string> Shares()
    {
        foreach (var (name, field) in Fields)
        {
            foreach (var rank in InOrder)
            {
                if (!rank.Manifest.Shards.TryGetValue(name, out var place))
                    yield return $"Rank {rank.Rank} holds no part of the field {name}, which other ranks have cut.";
                else if (place.DType != field.DType)
                    yield return $"The field {name} is {place.DType.Name} on rank {rank.Rank} and {field.DType.Name} on rank "
                        + $"{field.Slices[0].Rank}.";
            }

            if (DomainTiling.Defect(field) is { } defect)
                yield return $"The parts of the field {name} do not make up its domain: {defect}.";
        }
    }

    private static string? Differing(IReadOnlyDictionary<string, string>? one, IReadOnlyDictionary<string, string>? other) =>
        (one?.Keys ?? []).Union(other?.Keys ?? []).Order(StringComparer.Ordinal)
            .FirstOrDefault(key => one?.GetValueOrDefault(key) != other?.GetValueOrDefault(key));
}
