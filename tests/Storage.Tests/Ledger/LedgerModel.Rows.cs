using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

internal sealed partial class LedgerModel
{
    private sealed class Run(string id, int number, RunSubmission handed, DateTimeOffset submittedAt)
    {
        public string Id => id;

        public int Number => number;

        public RunSubmission Handed => handed;

        public RunState State { get; set; } = RunState.Submitted;

        public bool IsCancelled { get; set; }

        public string LastCommand { get; set; } = "";

        public string? Error { get; set; }

        public DateTimeOffset? EndedAt { get; set; }

        public SortedDictionary<int, Batch> Batches { get; } = [];

        public List<SessionRow> Sessions { get; } = [];

        public bool HasEnded => State is RunState.Completed or RunState.Failed or RunState.Cancelled;

        public IEnumerable<Batch> Members => Batches.Values.Where(b => b.Key.First >= 0);

        public int Leased => Batches.Values.Count(b => b.State == BatchState.Leased);

        public IReadOnlyList<(int First, int Last, string Error)> Failures =>
            [.. Members.Where(b => b.State == BatchState.Failed).Select(b => (b.Key.First, b.Last, b.Error ?? ""))];

        public RunRow ToRow() => new(
            id, handed.Name, State, IsCancelled, handed.Priority, handed.Slots, handed.Requires, handed.CheckpointPath, handed.Spec, Error,
            submittedAt, EndedAt, Members.Count(), Count(BatchState.Completed), Count(BatchState.Failed), Count(BatchState.Leased));

        private int Count(BatchState state) => Members.Count(b => b.State == state);
    }

    private sealed class Batch(BatchKey key, int last, int slots)
    {
        public BatchKey Key => key;

        public int Last => last;

        public int Slots => slots;

        public BatchState State { get; set; }

        /// <summary>A closing whose time has not come.</summary>
        public bool IsPending { get; set; }

        public bool IsWaiting => State == BatchState.Waiting && !IsPending;

        public int Epoch { get; set; }

        public int LeaseEpoch { get; set; }

        public TimeSpan LeaseUntil { get; set; }

        public string? NodeId { get; set; }

        public int Losses { get; set; }

        public SessionRecord? Newest { get; set; }

        public string? Error { get; set; }

        public List<AttemptRow> Tries { get; } = [];

        public bool IsHeldBy(Lease lease) =>
            State == BatchState.Leased && NodeId == lease.NodeId && LeaseEpoch == lease.Epoch && key == lease.Batch;

        public Lease Lease => new(key, NodeId!, LeaseEpoch);

        public BatchRow ToRow() => new(key, last, State, Epoch, NodeId, Tries.Count, Losses, Newest?.LeadTime, Newest?.Name, Error);
    }

    private sealed class Node(NodeRegistration registered, DateTimeOffset at)
    {
        public NodeRegistration Registered { get; set; } = registered;

        public DateTimeOffset RegisteredAt => at;

        public bool IsDraining { get; set; }

        public bool HasLeft { get; set; }

        public double Load { get; set; } = double.NaN;

        public TimeSpan LeaseTime { get; set; } = UsualLease;

        public TimeSpan HeartbeatAt { get; set; }
    }
}
