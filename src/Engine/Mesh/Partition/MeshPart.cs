using Cairn.Engine.Mesh.Geometry;

namespace Cairn.Engine.Mesh.Partition;

/// <summary>One rank's triangles, a consecutive range of <see cref="MeshOrder"/>, and one ring of ghosts around them. Here a triangle goes
/// by its local index: first the rank's own in order, then the ghosts in order, which is also that of the ranks that own them.</summary>
public sealed class MeshPart
{
    private readonly int[] _order;

    /// <param name="mesh">The whole mesh.</param>
    /// <param name="order">Its order.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="ranks">The number of ranks.</param>
    public MeshPart(TriangleMesh mesh, int[] order, int rank, int ranks)
    {
        (Mesh, _order, Rank, Ranks) = (mesh, order, rank, ranks);
        (First, Count) = Range(rank);
        var positions = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
            positions[order[i]] = i;
        Ghosts = [.. Around(positions)];
        Places = [.. order.AsSpan(First, Count), .. Ghosts.Select(position => order[position])];
        Neighbours = Local(positions);
        Peers = PeersOf(positions);
    }

    /// <summary>The whole mesh.</summary>
    public TriangleMesh Mesh { get; }

    public int Rank { get; }
    public int Ranks { get; }

    /// <summary>The position of the rank's first triangle in the order.</summary>
    public int First { get; }

    /// <summary>Number of the rank's own triangles.</summary>
    public int Count { get; }

    /// <summary>Number of local triangles, ghosts included.</summary>
    public int LocalCount => Places.Length;

    /// <summary>By local index, the triangle's place in the mesh.</summary>
    public int[] Places { get; }

    /// <summary>The local indices of the neighbours of the rank's own triangles, <c>[triangle, 3]</c>; -1 at the edge of the
    /// domain.</summary>
    public int[] Neighbours { get; }

    /// <summary>The other ranks that it shares edges with, growing.</summary>
    public IReadOnlyList<MeshPeer> Peers { get; }

    /// <summary>The numbers of the rank's own triangles, in its order.</summary>
    public IReadOnlyList<int> GlobalIds => [.. Places.Take(Count).Select(place => Mesh.GlobalIds[place])];

    /// <summary>The ghosts' positions in the order, growing.</summary>
    private int[] Ghosts { get; }

    /// <summary>A quantity of the whole mesh, by local index.</summary>
    public double[] Local(double[] whole) => Array.ConvertAll(Places, place => whole[place]);

    private (int First, int Count) Range(int rank)
    {
        var part = DomainSlice.Part([_order.Length], axis: 0, rank, Ranks);
        return ((int)part.Offset[0], (int)part.Shape[0]);
    }

    private bool IsOwn(int position) => position >= First && position < First + Count;

    private SortedSet<int> Around(int[] positions)
    {
        var ghosts = new SortedSet<int>();
        foreach (var place in _order.AsSpan(First, Count))
        {
            foreach (var neighbour in Mesh.Neighbours.AsSpan(place * 3, 3))
            {
                if (neighbour >= 0 && !IsOwn(positions[neighbour]))
                    ghosts.Add(positions[neighbour]);
            }
        }
        return ghosts;
    }

    private int[] Local(int[] positions)
    {
        var local = new int[Count * 3];
        for (var i = 0; i < local.Length; i++)
        {
            var neighbour = Mesh.Neighbours[(Places[i / 3] * 3) + (i % 3)];
            local[i] = neighbour < 0 ? -1
                : IsOwn(positions[neighbour]) ? positions[neighbour] - First
                : Count + Array.BinarySearch(Ghosts, positions[neighbour]);
        }
        return local;
    }

    /// <summary>Neighbours name each other, so each rank finds by itself which of its triangles are ghosts of another, in the same
    /// order.</summary>
    private MeshPeer[] PeersOf(int[] positions)
    {
        var owners = Array.ConvertAll(Ghosts, Owner);
        var peers = new List<MeshPeer>();
        foreach (var peer in owners.Distinct())
        {
            var (first, count) = Range(peer);
            var sent = new SortedSet<int>();
            for (var i = 0; i < Neighbours.Length; i++)
            {
                var neighbour = Mesh.Neighbours[(Places[i / 3] * 3) + (i % 3)];
                if (neighbour >= 0 && positions[neighbour] >= first && positions[neighbour] < first + count)
                    sent.Add(i / 3);
            }
            peers.Add(new MeshPeer(peer, [.. sent], Count + Array.IndexOf(owners, peer), owners.Count(owner => owner == peer)));
        }
        return [.. peers];
    }

    private int Owner(int position)
    {
        var (each, rest) = (_order.Length / Ranks, _order.Length % Ranks);
        var larger = rest * (each + 1);
        return position < larger ? position / (each + 1) : rest + ((position - larger) / each);
    }
}

/// <summary>What a rank exchanges with another.</summary>
/// <param name="Rank">The other rank.</param>
/// <param name="Sent">Local indices of the own triangles that are its ghosts, in order.</param>
/// <param name="FirstGhost">Local index of the first ghost that it owns.</param>
/// <param name="GhostCount">How many it owns.</param>
public sealed record MeshPeer(int Rank, int[] Sent, int FirstGhost, int GhostCount);
