using Cairn.Storage.State;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>Random ways to cut a domain into parts.</summary>
internal static class RandomCut
{
    /// <summary>A shape of one to four dimensions, small enough to compare every element.</summary>
    public static long[] Shape(Random random) => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (long)random.Next(1, 9))];

    /// <summary>Cuts the domain into <paramref name="count"/> boxes by halving boxes unevenly along any axis; some may be empty.</summary>
    public static List<DomainSlice> Parts(Random random, long[] shape, int count)
    {
        List<DomainSlice> parts = [DomainSlice.Whole(shape)];
        while (parts.Count < count)
        {
            var at = random.Next(parts.Count);
            var (low, high) = Halves(random, parts[at]);
            parts[at] = low;
            parts.Add(high);
        }

        return parts;
    }

    private static (DomainSlice Low, DomainSlice High) Halves(Random random, DomainSlice box)
    {
        var axis = random.Next(box.Shape.Count);
        var cut = random.NextInt64(box.Shape[axis] + 1);
        var (shape, rest, offset) = (box.Shape.ToArray(), box.Shape.ToArray(), box.Offset.ToArray());
        shape[axis] = cut;
        rest[axis] -= cut;
        offset[axis] += cut;
        return (new DomainSlice(box.GlobalShape, box.Offset, shape), new DomainSlice(box.GlobalShape, offset, rest));
    }
}
