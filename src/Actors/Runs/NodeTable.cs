using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>
/// The nodes as the registry knows them. Pure: it takes the nodes' reports and times of a monotonic clock, and returns orders to nodes.
/// </summary>
internal sealed class NodeTable
{
    private static readonly TimeSpan GoneListedFor = TimeSpan.FromHours(1);
    private readonly SortedDictionary<string, Entry> _nodes = new(StringComparer.Ordinal);

    public bool IsPresent(string id) => _nodes.TryGetValue(id, out var node) && !node.IsGone;

    /// <summary>Whether a node was present, and has left or was lost.</summary>
    public bool IsGone(string id) => _nodes.TryGetValue(id, out var node) && node.IsGone;

    /// <summary>Takes a node's report. Returns false for an outdated one, or one of a node that is gone.</summary>
    public bool Update(NodeHello hello, TimeSpan now, DateTimeOffset utc)
    {
        if (!_nodes.TryGetValue(hello.Node.Id, out var node))
            _nodes.Add(hello.Node.Id, node = new Entry(hello.Node, utc));

        if (node.IsGone || hello.Number <= node.Hello)
            return false;

        (node.Node, node.Hello, node.HeardAt, node.SilentAt, node.Load) = (hello.Node, hello.Number, now, null, hello.Load);
        node.IsDraining |= hello.IsDraining;
        return true;
    }

    /// <summary>A node gets no more grants. Returns false if there is no such node.</summary>
    public bool Drain(string id)
    {
        if (!IsPresent(id))
            return false;

        _nodes[id].IsDraining = true;
        return true;
    }

    public void Remove(string id, bool inOrder, TimeSpan now)
    {
        if (IsPresent(id))
            (_nodes[id].State, _nodes[id].HeardAt) = (inOrder ? NodeState.Left : NodeState.Lost, now);
    }

    /// <summary>A process at an address sends no heartbeats.</summary>
    public void Silent(string address, TimeSpan since, TimeSpan now)
    {
        foreach (var node in At(address))
            node.SilentAt ??= now - since;
    }

    public void ReachableAgain(string address)
    {
        foreach (var node in At(address))
            node.SilentAt = null;
    }

    /// <summary>The nodes at an address.</summary>
    public IReadOnlyList<string> Of(string address) => [.. At(address).Select(n => n.Node.Id)];

    /// <summary>The nodes with the slots that the runs' grants use.</summary>
    public IReadOnlyList<NodeRoom> Rooms(IEnumerable<RunBook> runs)
    {
        var used = Used(runs);
        return
        [
            .. _nodes.Values.Where(n => !n.IsGone).Select(n => new NodeRoom(
                n.Node, !n.IsDraining && n.SilentAt is null, used.GetValueOrDefault(n.Node.Id).Slots)),
        ];
    }

    public IReadOnlyList<NodeRow> Rows(IEnumerable<RunBook> runs, TimeSpan now)
    {
        var used = Used(runs);
        return
        [
            .. from node in _nodes.Values
               where !node.IsGone || now - node.HeardAt < GoneListedFor
               let taken = used.GetValueOrDefault(node.Node.Id)
               select new NodeRow(
                   node.Node, node.StateNow, taken.Batches, taken.Slots, node.Load, now - node.HeardAt, now - node.SilentAt,
                   node.RegisteredAt),
        ];
    }

    /// <summary>Nodes that have grants but are not present.</summary>
    public IReadOnlyList<(string Id, string Address)> Missing(IEnumerable<RunBook> runs) =>
    [
        .. runs.SelectMany(r => r.Holdings).Select(h => (Node: h.Key, h.Value.Address)).Where(n => !IsPresent(n.Node)).Distinct(),
    ];

    /// <summary>The orders that make what a node reports to hold equal to what the journals say.</summary>
    /// <param name="runs">The runs that have not ended; null for one whose journal is not read yet.</param>
    public IReadOnlyList<object> Reconcile(NodeHello hello, IReadOnlyDictionary<string, RunBook?> runs)
    {
        List<object> orders = _nodes[hello.Node.Id].IsDraining && !hello.IsDraining ? [new NodeDrain("asked through the registry")] : [];
        var held = hello.Holds.Select(h => (h.RunId, h.Batch, h.GrantEpoch)).ToHashSet();
        foreach (var hold in hello.Holds)
        {
            if (!runs.TryGetValue(hold.RunId, out var book))
                orders.Add(new GrantWithdrawn(hold.RunId, hold.Batch, hold.GrantEpoch, "the run has ended"));
            else if (book is not null)
                orders.AddRange(Orders(hello.Node.Id, hold, book));
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
            // If it ended under this grant, its last report will be resent and acknowledged.
            return entry is { State: BatchState.Completed or BatchState.Failed } && entry.GrantEpoch == hold.GrantEpoch
                ? []
                : [Granting.Withdrawn(book, hold.RunId, hold.Batch, hold.GrantEpoch)];
        }

        List<object> orders = [];
        if (book.IsCancelled && !entry.IsClosing && !hold.Halting)
            orders.Add(new BatchCommand(hold.RunId, hold.Batch, BatchOrder.Halt));

        if (entry.IsOfMembers && !book.IsCancelled && book.IsPaused != hold.Paused)
            orders.Add(new BatchCommand(hold.RunId, hold.Batch, book.IsPaused ? BatchOrder.Pause : BatchOrder.Resume));

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
