using Cairn.Engine.Mesh.Geometry;

namespace Cairn.Engine.Mesh.Partition;

/// <summary>The one order in which a mesh is cut: recursive coordinate bisection (Berger and Bokhari 1987, IEEE Trans. Comput. C-36,
/// 570-580) down to single triangles, so that it does not depend on the number of ranks. Ranks take consecutive ranges of it: their parts
/// differ by one triangle at most, and those of a power of two are the bisection's own, to within one triangle.</summary>
public static class MeshOrder
{
    /// <summary>The places of a mesh's triangles, in that order.</summary>
    /// <remarks>Along the longer side of what is to be halved, at the median of the centres; ties go by global id.</remarks>
    public static int[] Of(TriangleMesh mesh)
    {
        var (x, y) = (mesh.Shapes.X, mesh.Shapes.Y);
        var order = Enumerable.Range(0, mesh.Count).ToArray();
        new Bisection(x, y, Ranks(x, mesh.GlobalIds), Ranks(y, mesh.GlobalIds)).Halve(order);
        return order;
    }

    /// <summary>The position of each triangle among all, along an axis: different for all, which makes the median exact.</summary>
    private static int[] Ranks(double[] coordinates, int[] ids)
    {
        var places = Enumerable.Range(0, ids.Length).ToArray();
        Array.Sort(places, (a, b) => coordinates[a].CompareTo(coordinates[b]) is var order and not 0 ? order : ids[a].CompareTo(ids[b]));
        var ranks = new int[places.Length];
        for (var i = 0; i < places.Length; i++)
            ranks[places[i]] = i;
        return ranks;
    }

    private sealed class Bisection(double[] x, double[] y, int[] byX, int[] byY)
    {
        private readonly int[] _keys = new int[byX.Length];

        public void Halve(Span<int> part)
        {
            if (part.Length < 2)
                return;
            var ranks = Extent(part, x) >= Extent(part, y) ? byX : byY;
            var keys = _keys.AsSpan(0, part.Length);
            for (var i = 0; i < part.Length; i++)
                keys[i] = ranks[part[i]];
            keys.Sort(part);
            var half = (part.Length + 1) / 2;
            Halve(part[..half]);
            Halve(part[half..]);
        }

        private static double Extent(ReadOnlySpan<int> part, double[] coordinates)
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var place in part)
            {
                low = Math.Min(low, coordinates[place]);
                high = Math.Max(high, coordinates[place]);
            }
            return high - low;
        }
    }
}
