using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>
/// The nodes as the registry knows them. Pure: it takes the reports of nodes and times of a clock that only grows, and answers with
/// the orders to them.
/// </summary>
public sealed class NodeTable
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);
    private readonly SortedDictionary<string, Entry> _nodes = new(StringComparer.Ordinal);

    /// <summary>Whether a node is there.</summary>
    public bool IsPresent(string id) => _nodes.TryGetValue(id, out var node) && !node.IsGone;

    /// <summary>Whether a node was there, and has gone.</summary>
    public bool IsGone(string id) => _nodes.TryGetValue(id, out var node) && node.IsGone;

    /// <summary>A node said what it is.</summary>
    /// <returns>Whether it is news: a hello that comes late, or of a node that has gone, is not.</returns>
    public bool Heard(NodeHello hello, TimeSpan now, DateTimeOffset utc)
    {
        ArgumentNullException.ThrowIfNull(hello);
        if (!_nodes.TryGetValue(hello.Node.Id, out var node))
        {
            _nodes.Add(hello.Node.Id, node = new Entry(hello.Node, utc));
        }

        if (node.IsGone || hello.Number <= node.Hello)
        {
            return false;
        }

        (node.Node, node.Hello, node.HeardAt, node.SilentAt, node.Load) = (hello.Node, hello.Number, now, null, hello.Load);
        node.IsDraining |= hello.IsDraining;
        return true;
    }

    /// <summary>A node is to take nothing more. False when there is no such node.</summary>
    public bool Drain(string id)
    {
        if (!IsPresent(id))
        {
            return false;
        }

        _nodes[id].IsDraining = true;
        return true;
    }

    /// <summary>A node has gone, in order or not.</summary>
    public void Gone(string id, bool inOrder, TimeSpan now)
    {
        if (IsPresent(id))
        {
            (_nodes[id].State, _nodes[id].HeardAt) = (inOrder ? NodeState.Left : NodeState.Lost, now);
        }
    }

    /// <summary>The failure detector gets no heartbeats from a process.</summary>
    public void Silent(string address, TimeSpan since, TimeSpan now)
    {
        foreach (var node in At(address))
        {
            node.SilentAt ??= now - since;
        }
    }

    /// <summary>The failure detector gets heartbeats from it again.</summary>
    public void HeardAgain(string address)
    {
        foreach (var node in At(address))
        {
            node.SilentAt = null;
        }
    }

    /// <summary>The nodes of a process.</summary>
    public IReadOnlyList<string> Of(string address) => [.. At(address).Select(n => n.Node.Id)];

    /// <summary>The nodes' room, all runs' grants taken off.</summary>
    public IReadOnlyList<NodeRoom> Rooms(IEnumerable<RunBook> runs)
    {
        var used = Used(runs);
        return
        [
            .. _nodes.Values.Where(n => !n.IsGone).Select(n => new NodeRoom(
                n.Node, !n.IsDraining && n.SilentAt is null, used.GetValueOrDefault(n.Node.Id).Slots)),
        ];
    }

    /// <summary>The nodes, as lists show them.</summary>
    public IReadOnlyList<NodeRow> Rows(IEnumerable<RunBook> runs, TimeSpan now)
    {
        var used = Used(runs);
        return
        [
            .. from node in _nodes.Values
               where !node.IsGone || now - node.HeardAt < Forgotten
               let taken = used.GetValueOrDefault(node.Node.Id)
               select new NodeRow(
                   node.Node, node.StateNow, taken.Batches, taken.Slots, node.Load, now - node.HeardAt, now - node.SilentAt,
                   node.RegisteredAt),
        ];
    }

    /// <summary>Nodes that have grants but have not reported.</summary>
    public IReadOnlyList<(string Id, string Address)> Missing(IEnumerable<RunBook> runs) =>
    [
        .. runs.SelectMany(r => r.Holdings).Select(h => (Node: h.Key, h.Value.Address)).Where(n => !IsPresent(n.Node)).Distinct(),
    ];

    /// <summary>The orders to a node that reported what it holds: what it should have but has not, and should not have but has.</summary>
    /// <param name="hello">Its report.</param>
    /// <param name="runs">The runs that have not ended, as in their journals; null for one that is not read yet.</param>
    public IReadOnlyList<object> Reconcile(NodeHello hello, IReadOnlyDictionary<string, RunBook?> runs)
    {
        ArgumentNullException.ThrowIfNull(hello);
        ArgumentNullException.ThrowIfNull(runs);
        List<object> orders = _nodes[hello.Node.Id].IsDraining && !hello.IsDraining ? [new NodeDrain("asked through the registry")] : [];
        var held = hello.Holds.Select(h => (h.RunId, h.Batch, h.GrantEpoch)).ToHashSet();
        foreach (var hold in hello.Holds)
        {
            if (!runs.TryGetValue(hold.RunId, out var book))
            {
                orders.Add(new GrantWithdrawn(hold.RunId, hold.Batch, hold.GrantEpoch, "the run has ended"));
            }
            else if (book is not null)
            {
                orders.AddRange(Orders(hello.Node.Id, hold, book));
            }
        }

        foreach (var book in runs.Values.OfType<RunBook>())
        {
            orders.AddRange(book.GrantedTo(hello.Node.Id)
                .Where(b => b.Node == hello.Node.Id && !held.Contains((book.Run!.Id, b.Batch, b.GrantEpoch)))
                .Select(b => Granting.Message(book, b)));
        }

        return orders;
    }

    private static List<object> Orders(string node, HeldGrant hold, RunBook book)
    {
        var entry = book.Find(hold.Batch);
        if (entry?.IsHeldUnder(hold.GrantEpoch) != true || entry.Node != node)
        {
            // One that ended with this grant is acknowledged when its last report comes again.
            return entry is { State: BatchState.Completed or BatchState.Failed } && entry.GrantEpoch == hold.GrantEpoch
                ? []
                : [Granting.Withdrawn(book, hold.RunId, hold.Batch, hold.GrantEpoch)];
        }

        List<object> orders = [];
        if (book.IsCancelled && !entry.IsClosing && !hold.Halting)
        {
            orders.Add(new BatchCommand(hold.RunId, hold.Batch, BatchOrder.Halt));
        }

        if (entry.IsOfMembers && !book.IsCancelled && book.IsPaused != hold.Paused)
        {
            orders.Add(new BatchCommand(hold.RunId, hold.Batch, book.IsPaused ? BatchOrder.Pause : BatchOrder.Resume));
        }

        return orders;
    }

    private IEnumerable<Entry> At(string address) => _nodes.Values.Where(n => !n.IsGone && n.Node.Address == address);

    private static Dictionary<string, (int Slots, int Batches)> Used(IEnumerable<RunBook> runs)
    {
        var used = new Dictionary<string, (int Slots, int Batches)>(StringComparer.Ordinal);
        foreach (var (node, holds) in runs.SelectMany(r => r.Holdings))
        {
            var (slots, batches) = used.GetValueOrDefault(node);
            used[node] = (slots + holds.Slots, batches + holds.Batches.Count);
        }

        return used;
    }

    private sealed class Entry(NodeInfo node, DateTimeOffset registeredAt)
    {
        public NodeInfo Node { get; set; } = node;

        public DateTimeOffset RegisteredAt => registeredAt;

        public NodeState State { get; set; } = NodeState.Up;

        public bool IsDraining { get; set; }

        public long Hello { get; set; }

        public TimeSpan HeardAt { get; set; }

        public TimeSpan? SilentAt { get; set; }

        public double? Load { get; set; }

        public bool IsGone => State is NodeState.Lost or NodeState.Left;

        public NodeState StateNow => IsGone ? State : SilentAt is not null ? NodeState.Silent : IsDraining ? NodeState.Draining : State;
    }
}
