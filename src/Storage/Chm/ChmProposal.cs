namespace Cairn.Storage.Chm;

/// <summary>What the ranks have written for one checkpoint, and whether it may become one.</summary>
/// <param name="Ranks">How many ranks there are.</param>
/// <param name="Triangles">How many triangles the mesh has.</param>
/// <param name="Records">What was written, in any order.</param>
public sealed record ChmProposal(int Ranks, long Triangles, IReadOnlyList<ChmRankRecord> Records)
{
    /// <summary>Every defect of the checkpoint, each naming its rank; empty when it may be committed.</summary>
    public IReadOnlyList<string> Defects
    {
        get
        {
            List<string> missing = [.. Membership()];
            return missing.Count > 0 ? missing : [.. Agreement()];
        }
    }

    /// <summary>The JSON's contents.</summary>
    /// <exception cref="DataException">There are <see cref="Defects"/>.</exception>
    public ChmManifest Manifest()
    {
        var ordered = Records.OrderBy(r => r.Rank).ToList();
        return Defects is { Count: > 0 } defects
            ? throw new DataException($"The ranks' files do not form a checkpoint, and none was written. {string.Join(' ', defects)}")
            : new ChmManifest(ordered[0].Place.Time, [.. ordered.Select(r => r.File)]) { Digests = [.. ordered.Select(r => r.Digest)] };
    }

    private IEnumerable<string> Membership()
    {
        foreach (var rank in Enumerable.Range(0, Ranks))
        {
            var count = Records.Count(r => r.Rank == rank);
            if (count != 1)
                yield return count == 0
                    ? $"Rank {rank} of {Ranks} has written nothing."
                    : $"Rank {rank} has written {count} files; expected one.";
        }

        foreach (var stranger in Records.Where(r => r.Rank < 0 || r.Rank >= Ranks))
            yield return $"Rank {stranger.Rank} is not one of the {Ranks} ranks.";
    }

    private IEnumerable<string> Agreement()
    {
        var first = Records.MinBy(r => r.Rank)!;
        foreach (var rank in Records.OrderBy(r => r.Rank))
        {
            if (rank.Place != first.Place)
                yield return $"Rank {rank.Rank} wrote to {rank.Place.Folder} for {rank.Place.Time}, "
                    + $"rank {first.Rank} to {first.Place.Folder} for {first.Place.Time}.";

            if (rank.Variables.Except(first.Variables).Concat(first.Variables.Except(rank.Variables)).FirstOrDefault() is { } odd)
                yield return $"Only one of rank {rank.Rank} and rank {first.Rank} has the state {odd}.";
        }

        var held = Records.Sum(r => (long)r.Triangles);
        if (held != Triangles)
            yield return $"All ranks together hold {held} triangles; the mesh has {Triangles}.";
    }
}
