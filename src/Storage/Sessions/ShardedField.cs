namespace Cairn.Storage.Sessions;

/// <summary>One rank's part of a field.</summary>
public sealed record RankSlice(int Rank, DomainSlice Slice);

/// <summary>A field that is cut across ranks.</summary>
/// <param name="DType">The type of its elements.</param>
/// <param name="GlobalShape">The extent of each dimension of the whole field, in elements.</param>
/// <param name="Slices">Who holds what, by rank.</param>
public sealed record ShardedField(NpyDType DType, IReadOnlyList<long> GlobalShape, IReadOnlyList<RankSlice> Slices);

/// <summary>Whether the parts of a field make up the whole: every element with one rank and no more.</summary>
public static class DomainTiling
{
    /// <summary>What is wrong with the parts, naming the ranks; null when they tile the domain. A rank may hold nothing.</summary>
    public static string? Defect(ShardedField field)
    {
        if (field.Slices.FirstOrDefault(s => !s.Slice.GlobalShape.SequenceEqual(field.GlobalShape)) is { } other)
            return $"rank {other.Rank} has the domain {ArrayShape.Text(other.Slice.GlobalShape)}, "
                + $"rank {field.Slices[0].Rank} {ArrayShape.Text(field.GlobalShape)}";

        return Overlap(field.Slices) ?? Gap(field);
    }

    private static string? Overlap(IReadOnlyList<RankSlice> slices)
    {
        for (var i = 0; i < slices.Count; i++)
        {
            for (var j = i + 1; j < slices.Count; j++)
            {
                if (slices[i].Slice.Intersect(slices[j].Slice) is { } both)
                    return $"rank {slices[i].Rank} and rank {slices[j].Rank} both hold {both}";
            }
        }

        return null;
    }

    /// <summary>Parts that lie inside the domain and do not overlap cover it exactly when their sizes add up.</summary>
    private static string? Gap(ShardedField field)
    {
        var whole = ArrayShape.Elements(field.GlobalShape) ?? 0;
        var held = field.Slices.Sum(s => s.Slice.Elements);
        return held == whole
            ? null
            : $"{whole - held} of {whole} elements are on no rank ("
                + string.Join("; ", field.Slices.Take(8).Select(s => $"rank {s.Rank}: {s.Slice}"))
                + (field.Slices.Count > 8 ? "; …)" : ")");
    }
}
