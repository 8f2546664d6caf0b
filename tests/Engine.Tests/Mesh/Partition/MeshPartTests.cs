using Cairn.Engine.Tests.Ranks;

namespace Cairn.Engine.Tests.Mesh.Partition;

/// <summary>One order for all numbers of ranks, balanced parts, and ghosts that hold what their owners have.</summary>
public sealed class MeshPartTests
{
    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 12).Select(seed => new object[] { seed });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_number_of_ranks_holds_every_triangle_once_and_differs_by_one(int seed)
    {
        var (mesh, order) = Made(seed);

        Assert.Equal(Enumerable.Range(0, mesh.Count), order.Order());
        for (var ranks = 1; ranks <= 13; ranks++)
        {
            MeshPart[] parts = [.. Enumerable.Range(0, ranks).Select(rank => new MeshPart(mesh, order, rank, ranks))];
            Assert.Equal(order, parts.SelectMany(part => part.Places.Take(part.Count)));
            Assert.InRange(parts.Max(part => part.Count) - parts.Min(part => part.Count), 0, 1);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Two_ranks_are_halves_along_the_longer_side(int seed)
    {
        var (mesh, order) = Made(seed);
        var part = new MeshPart(mesh, order, 0, 2);
        var (x, y) = (mesh.Shapes.X, mesh.Shapes.Y);
        var along = x.Max() - x.Min() >= y.Max() - y.Min() ? x : y;

        var first = part.Places.Take(part.Count).Select(place => along[place]).Max();
        var second = order.Skip(part.Count).Select(place => along[place]).Min();

        Assert.True(first <= second, $"seed {seed}: {first} and {second}");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_order_depends_on_the_numbers_of_triangles_and_not_on_how_they_are_listed(int seed)
    {
        var random = new Random(seed);
        var mesh = Meshes.Random(random, random.Next(1, 9), random.Next(1, 9));
        var listed = Enumerable.Range(0, mesh.Count).ToArray();
        random.Shuffle(listed);
        var places = new int[mesh.Count];
        for (var i = 0; i < listed.Length; i++)
            places[listed[i]] = i;
        var other = new TriangleMesh(
            mesh.Vertices, [.. listed.SelectMany(i => mesh.Triangles[(3 * i)..((3 * i) + 3)])],
            [.. listed.SelectMany(i => mesh.Neighbours[(3 * i)..((3 * i) + 3)].Select(n => n < 0 ? -1 : places[n]))],
            [.. listed.Select(i => mesh.GlobalIds[i])], mesh.Parameters, "the same, listed otherwise");

        Assert.Equal(Ids(mesh), Ids(other));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Ghosts_hold_what_their_owners_have(int seed)
    {
        var (mesh, order) = Made(seed);
        foreach (var size in new[] { 1, 2, 3, 5, 8 }.Where(size => size <= mesh.Count))
            Gang.Run(size, ranks =>
            {
                var part = new MeshPart(mesh, order, ranks.Rank, ranks.Size);
                var exchange = new GhostExchange(part, ranks);
                for (var round = 0; round < 3; round++)
                {
                    double[] Value(int quantity) =>
                        [.. part.Places.Select((place, i) => i < part.Count ? Known(place, quantity, round) : double.NaN)];
                    var (one, two) = (Value(1), Value(2));
                    exchange.Fill(one, two);

                    Assert.Equal(part.Places.Select(place => Known(place, 1, round)), one);
                    Assert.Equal(part.Places.Select(place => Known(place, 2, round)), two);
                }
                for (var edge = 0; edge < part.Neighbours.Length; edge++)
                {
                    var (local, place) = (part.Neighbours[edge], mesh.Neighbours[(part.Places[edge / 3] * 3) + (edge % 3)]);
                    Assert.Equal(place, local < 0 ? -1 : part.Places[local]);
                }
                return 0;
            });
    }

    private static double Known(int place, int quantity, int round) => (place * 100) + (quantity * 10) + round;
    private static IEnumerable<int> Ids(TriangleMesh mesh) => MeshOrder.Of(mesh).Select(place => mesh.GlobalIds[place]);

    private static (TriangleMesh Mesh, int[] Order) Made(int seed)
    {
        var random = new Random(seed);
        var mesh = Meshes.Random(random, random.Next(3, 12), random.Next(3, 12));
        return (mesh, MeshOrder.Of(mesh));
    }
}
