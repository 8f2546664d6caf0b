namespace Cairn.Storage.Sessions;

/// <summary>Which sessions of a catalog are valid, oldest first: all of the newest epoch, and of lower epochs only the newest epoch's base
/// and its ancestors. Sessions that a superseded process still manages to write are on no line.</summary>
public static class Lineage
{
    /// <summary>Selects the sessions that count from all <paramref name="nodes"/> that could be read, in any order.</summary>
    public static IReadOnlyList<SessionNode> Select(IReadOnlyList<SessionNode> nodes, IReadOnlyList<EpochRecord> epochs)
    {
        var line = new Line(nodes, epochs);
        return line.Counting();
    }

    /// <summary>All nodes in the order of (epoch, sequence), with what Earth2Studio wrote at the place that its parentage or clock
    /// tells.</summary>
    public static IReadOnlyList<SessionNode> Order(IReadOnlyList<SessionNode> nodes, IReadOnlyList<EpochRecord> epochs) =>
        [.. new Line(nodes, epochs).Ordered.Select(p => p.Node)];

    private sealed record Placed(SessionNode Node, int Epoch);

    private sealed class Line
    {
        private readonly SortedDictionary<int, EpochRecord> _epochs = [];
        private readonly Dictionary<string, int> _position = [];

        public Line(IReadOnlyList<SessionNode> nodes, IReadOnlyList<EpochRecord> epochs)
        {
            foreach (var record in epochs)
                _epochs[record.Epoch] = record;

            Complete(nodes);
            Ordered = Place(nodes);
            for (var i = 0; i < Ordered.Count; i++)
                _position[Ordered[i].Node.Id] = i;
        }

        public List<Placed> Ordered { get; }

        public IReadOnlyList<SessionNode> Counting()
        {
            if (_epochs.Count == 0)
                return [.. Ordered.Select(p => p.Node)];

            var newest = _epochs.Keys.Last();
            var counting = new HashSet<int>(Enumerable.Range(0, Ordered.Count).Where(i => Ordered[i].Epoch >= newest));
            for (var at = BaseOf(newest); at >= 0 && counting.Add(at);)
                at = ParentOf(at);

            return [.. counting.Order().Select(i => Ordered[i].Node)];
        }

        /// <summary>An epoch whose record is lost or damaged still has its sessions: the first of them names its base. One that left
        /// neither is as if it had never been.</summary>
        private void Complete(IReadOnlyList<SessionNode> nodes)
        {
            foreach (var group in nodes.Where(n => n.Epoch > 0).GroupBy(n => n.Epoch).OrderBy(g => g.Key))
            {
                if (!_epochs.TryGetValue(group.Key, out var record) || !record.Readable)
                {
                    var first = group.MinBy(n => n.Sequence ?? long.MaxValue)!;
                    var parent = nodes.FirstOrDefault(n => n.Id == first.Parent);
                    var started = record?.StartedAt ?? first.SavedAt;
                    _epochs[group.Key] = new EpochRecord(group.Key, first.Parent, parent?.Epoch, parent?.Sequence, "", 0, started);
                }
            }

            foreach (var lost in _epochs.Values.Where(e => !e.Readable).Select(e => e.Epoch).ToList())
                _epochs.Remove(lost);
        }

        private List<Placed> Place(IReadOnlyList<SessionNode> nodes)
        {
            var placed = nodes.Where(n => n.Sequence is not null)
                .OrderBy(n => n.Epoch).ThenBy(n => n.Sequence).ThenBy(n => n.Id, StringComparer.Ordinal)
                .Select(n => new Placed(n, n.Epoch)).ToList();
            foreach (var plain in nodes.Where(n => n.Sequence is null).OrderBy(n => n.SavedAt).ThenBy(n => n.Id, StringComparer.Ordinal))
            {
                var epoch = EpochOfPlain(plain, nodes);
                placed.Insert(IndexOfPlain(placed, plain, epoch), new Placed(plain, epoch));
            }

            return placed;
        }

        /// <summary>The newest epoch that had begun when Earth2Studio wrote the row, unless an epoch or a session says that it came
        /// after.</summary>
        private int EpochOfPlain(SessionNode plain, IReadOnlyList<SessionNode> nodes)
        {
            var before = _epochs.Values.Where(e => Same(e.Base, plain)).Select(e => e.Epoch - 1)
                .Concat(nodes.Where(n => n.Sequence is not null && Same(n.Parent, plain)).Select(n => n.Epoch))
                .DefaultIfEmpty(int.MaxValue).Min();
            return _epochs.Values.Where(e => e.Epoch <= before && e.StartedAt <= plain.SavedAt)
                .Select(e => e.Epoch).DefaultIfEmpty(0).Max();
        }

        private static int IndexOfPlain(List<Placed> placed, SessionNode plain, int epoch)
        {
            var child = placed.FindIndex(p => Same(p.Node.Parent, plain) && p.Epoch == epoch);
            if (child >= 0)
                return child;

            var older = placed.FindLastIndex(p => p.Epoch < epoch || (p.Epoch == epoch && p.Node.SavedAt <= plain.SavedAt));
            return older + 1;
        }

        private int BaseOf(int epoch)
        {
            var record = _epochs.GetValueOrDefault(epoch);
            if (record?.Base is null)
                return -1;

            if (_position.TryGetValue(record.Base, out var at))
                return at;

            // The base is unreadable; its own place in line leads on to its predecessor.
            return record is { BaseEpoch: { } baseEpoch, BaseSequence: { } sequence } ? PredecessorOf(baseEpoch, sequence) : -1;
        }

        private int ParentOf(int at)
        {
            var (node, epoch) = Ordered[at];
            if (node.Parent is not null && _position.TryGetValue(node.Parent, out var parent))
                return parent < at ? parent : -1;

            if (node.Sequence is null)
                return at > 0 && Ordered[at - 1].Epoch == epoch ? at - 1 : BaseOf(epoch);

            return node.Parent is null ? -1 : PredecessorOf(epoch, node.Sequence.Value);
        }

        /// <summary>The nearest readable session before a place in an epoch; one writer's sessions follow each other.</summary>
        private int PredecessorOf(int epoch, long sequence)
        {
            var predecessor = Ordered.FindLastIndex(p => p.Epoch == epoch && p.Node.Sequence < sequence);
            return predecessor >= 0 ? predecessor : BaseOf(epoch);
        }

        private static bool Same(string? id, SessionNode node) => id == node.Id;
    }
}

/// <summary>A session's place in its catalog.</summary>
/// <param name="Id">The commit id, or with several ranks the session's name.</param>
/// <param name="Epoch">The epoch that wrote it; 0 for a library checkpoint and for Earth2Studio.</param>
/// <param name="Sequence">Its number in the catalog, or null if Earth2Studio wrote it.</param>
/// <param name="Parent">The session that its writer had restored or written before, or null for a first one.</param>
/// <param name="SavedAt">When it was written, by the writer's clock; orders only what Earth2Studio wrote.</param>
public sealed record SessionNode(string Id, int Epoch, long? Sequence, string? Parent, DateTimeOffset SavedAt);
