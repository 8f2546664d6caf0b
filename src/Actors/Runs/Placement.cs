using System.Globalization;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>A node, whether it accepts batches, and its slots in use.</summary>
internal sealed record NodeRoom(NodeInfo Node, bool IsOpen, int Used);

/// <summary>A placed batch.</summary>
internal sealed record Placed(string RunId, GrantBatch Grant);

/// <summary>
/// Decides which waiting batch goes to which node: by priority, openings first; then from the run with the fewest running batches, so that
/// a large run does not starve a small one; then by age. A batch goes where it ran last if that node has room. A batch that needs more
/// slots than are free reserves a node until it has room there, or smaller batches would starve it. Pure.
/// </summary>
internal static class Placement
{
    /// <summary>How many of a run's waiting batches are searched for one that ran on a node with room.</summary>
    private const int LookAhead = 256;

    public static IReadOnlyList<Placed> Place(IReadOnlyList<RunBook> runs, IReadOnlyList<NodeRoom> nodes, int most = 1000)
    {
        var rooms = nodes.Where(n => n.IsOpen).Select(n => new Room(n)).ToList();
        List<Placed> placed = [];
        if (!rooms.Exists(r => r.Free > 0))
            return placed;

        var queues = new PriorityQueue<RunQueue, (int, int, int, int)>(
            runs.Where(r => r.Waiting.Count > 0 && CanBePlaced(r)).Select(r => new RunQueue(r)).Select(q => (q, q.Turn)));
        while (placed.Count < most && rooms.Exists(r => r.Free > 0) && queues.TryDequeue(out var queue, out _))
        {
            if (Find(queue, rooms) is not { } grant)
                continue;

            placed.Add(new Placed(queue.Run.Id, grant));
            queue.Take(grant.Batch.First);
            grant.Shares.ToList().ForEach(s => rooms.First(r => r.Node.Id == s.Node).Take(s.Slots));
            if (!queue.IsEmpty)
                queues.Enqueue(queue, queue.Turn);
        }

        return placed;
    }

    /// <summary>Why a batch waits, for people; null if it does not.</summary>
    public static string? WhyWaiting(RunBook book, BatchEntry entry, IReadOnlyList<NodeRoom> nodes)
    {
        if (entry.State != BatchState.Waiting)
            return null;

        var (run, open) = (book.Run!, nodes.Where(n => n.IsOpen).ToList());
        var suited = open.Where(n => Suits(n.Node, run)).ToList();
        var (needs, largest) = (Needs(run, entry.Batch.First), suited.Select(n => n.Node.Slots).DefaultIfEmpty(0).Max());
        var together = suited.Sum(n => n.Node.Slots);
        return (book, open, suited) switch
        {
            ({ IsPaused: true }, _, _) when !entry.IsClosing => "the run is paused",
            (_, [], _) => nodes.Count == 0 ? "there is no node" : "no node takes batches: they drain, or are silent",
            (_, _, []) => PlacementRules.WhyNone([.. open.Select(n => n.Node)], run.Requires),
            _ when suited.Exists(n => n.Node.TakesLarger) || largest >= needs => "all suitable slots are taken",
            _ when !run.SpansNodes => Text($"needs {needs} slots, the largest node has {largest}"),
            _ when together < needs => Text($"needs {needs} slots, all nodes together have {together}"),
            _ => "all suitable slots are taken",
        };
    }

    /// <summary>Whether a node has what a run requires.</summary>
    public static bool Suits(NodeInfo node, RunSubmission run) => PlacementRules.AreMetBy(node, run.Requires);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static int Needs(RunSubmission run, int key) => key < 0 ? 1 : run.Slots;

    /// <summary>A paused run may still be closed, once all its batches have ended.</summary>
    private static bool CanBePlaced(RunBook book) => !book.HasEnded && (!book.IsPaused || book.Waiting[0] == RunWork.Closing.First);

    private static GrantBatch? Find(RunQueue queue, List<Room> rooms)
    {
        var needs = Needs(queue.Run, queue.First);
        var suited = rooms.Where(r => Suits(r.Node, queue.Run)).ToList();
        var free = suited.Where(r => r.Takes(needs)).ToList();
        if (free.Count > 0)
        {
            var (key, known) = queue.Preferred(free.Select(r => r.Node.Id).ToHashSet());
            var room = free.Find(r => r.Node.Id == known) ?? free.MaxBy(r => r.Free)!;
            return new GrantBatch(queue.Batch(key), [room.Share(needs)]);
        }

        return queue.Run.SpansNodes && !suited.Exists(r => r.Node.Slots >= needs) ? Span(queue, suited, needs) : Hold(suited, needs);
    }

    private static GrantBatch? Span(RunQueue queue, List<Room> suited, int needs)
    {
        if (suited.Sum(r => r.Node.Slots) < needs)
            return null;

        List<NodeShare> shares = [];
        foreach (var room in suited.Where(r => r.Free > 0).OrderByDescending(r => r.Free))
        {
            shares.Add(room.Share(Math.Min(room.Free, needs - shares.Sum(s => s.Slots))));
            if (shares.Sum(s => s.Slots) == needs)
                return new GrantBatch(queue.Batch(queue.First), shares);
        }

        suited.ForEach(r => r.Hold());
        return null;
    }

    /// <summary>Reserves the suitable node with the most free slots.</summary>
    private static GrantBatch? Hold(List<Room> suited, int needs)
    {
        suited.Where(r => r.Node.Slots >= needs || r.Node.TakesLarger).MaxBy(r => r.Free)?.Hold();
        return null;
    }

    /// <summary>A node's slots during a placement.</summary>
    private sealed class Room(NodeRoom room)
    {
        private int _used = room.Used;
        private bool _held;

        public NodeInfo Node => room.Node;

        public int Free => _held ? 0 : Math.Max(0, Node.Slots - _used);

        public bool Takes(int needs) => Free >= needs || (Node.TakesLarger && Free == Node.Slots);

        public void Take(int slots) => _used += slots;

        public void Hold() => _held = true;

        public NodeShare Share(int slots) => new(Node.Id, Node.Address, HostName, slots);

        /// <summary>The host's name for other nodes (<c>cluster.host</c>); they may not know the machine's own name.</summary>
        private string HostName =>
            Address.TryParse(Node.Address.Split('#')[0], out var address) && address.Host is { } host ? host : Node.Host;
    }

    /// <summary>A run's waiting batches during a placement.</summary>
    private sealed class RunQueue(RunBook book)
    {
        private readonly bool _hasOpening = book.Waiting[0] == RunWork.Opening.First;
        private readonly HashSet<int> _taken = [];
        private int _passed;

        public RunSubmission Run => book.Run!;

        /// <summary>The queue with the lowest value is next.</summary>
        public (int, int, int, int) Turn => (-book.Priority, _hasOpening ? 0 : 1, book.Granted.Count + _taken.Count, Run.Number);

        public bool IsEmpty => _taken.Count == book.Waiting.Count;

        public int First => book.Waiting[_passed];

        public void Take(int key)
        {
            _taken.Add(key);
            while (_passed < book.Waiting.Count && _taken.Contains(book.Waiting[_passed]))
                _passed++;
        }

        public MemberRange Batch(int key) => book.Batches[key].Batch;

        /// <summary>The first batch that one of the nodes ran last, with that node; otherwise the first batch.</summary>
        public (int Key, string? Node) Preferred(HashSet<string> nodes)
        {
            var known = book.WaitingAgain.Where(key => !_taken.Contains(key)).Take(LookAhead)
                .Select(key => (Key: key, book.Batches[key].Node)).FirstOrDefault(b => nodes.Contains(b.Node!));
            return known.Node is null ? (First, null) : known;
        }
    }
}
