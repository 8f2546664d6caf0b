namespace Cairn.Storage.Ledger;

/// <summary>
/// Names what is leased: a batch of a run, by its first member; or one of the two things done once a run by whichever node claims them:
/// opening (the run's folder and how it is cut) and closing (pictures, derived files).
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="First">The first member; -2 for the opening, -1 for the closing.</param>
public sealed record BatchKey(string RunId, int First)
{
    private const int OpeningNumber = -2, ClosingNumber = -1;

    /// <summary>The opening of a run.</summary>
    public static BatchKey Opening(string runId) => new(runId, OpeningNumber);

    /// <summary>The closing of a run.</summary>
    public static BatchKey Closing(string runId) => new(runId, ClosingNumber);

    public bool IsOpening => First == OpeningNumber;

    public bool IsClosing => First == ClosingNumber;

    public override string ToString() => IsOpening ? $"the opening of {RunId}" : IsClosing ? $"the closing of {RunId}"
        : $"the batch of {RunId} from member {First} on";
}

/// <summary>Where a batch stands.</summary>
public enum BatchState
{
    Waiting,
    Leased,
    Completed,
    Failed,
    Cancelled,
}

/// <summary>A batch in the ledger.</summary>
/// <param name="Key">Which.</param>
/// <param name="Last">Its last member; equal to <see cref="BatchKey.First"/> for opening and closing.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Epoch">The highest epoch that was allotted; 0 before the first.</param>
/// <param name="Node">The node that holds it, or held it last; null before the first.</param>
/// <param name="Attempts">How often it was claimed.</param>
/// <param name="Losses">Nodes that it was lost with, without progress since.</param>
/// <param name="CommittedLeadTime">Lead time of its newest session; null before the first.</param>
/// <param name="NewestSession">That session's name.</param>
/// <param name="Error">Why it failed, or null.</param>
public sealed record BatchRow(
    BatchKey Key, int Last, BatchState State, int Epoch, string? Node, int Attempts, int Losses, TimeSpan? CommittedLeadTime,
    string? NewestSession, string? Error);

/// <summary>A run that was opened.</summary>
/// <param name="Batches">First and last member of each batch there is anything to do for; may be empty.</param>
public sealed record OpenedRun(IReadOnlyList<(int First, int Last)> Batches);

/// <summary>A session that is durable on disk.</summary>
/// <param name="Name">Its name in the batch's catalog.</param>
/// <param name="Epoch">The epoch that it was made under.</param>
/// <param name="LeadTime">Its lead time.</param>
public sealed record SessionRecord(string Name, int Epoch, TimeSpan LeadTime);

/// <summary>A session in the ledger.</summary>
public sealed record SessionRow(BatchKey Key, string Name, int Epoch, TimeSpan LeadTime, string Node, DateTimeOffset ReportedAt);

/// <summary>An attempt at a batch: from a claim to what became of it.</summary>
/// <param name="Key">The batch.</param>
/// <param name="Number">From 1.</param>
/// <param name="Epoch">The epoch that it was claimed under.</param>
/// <param name="Node">Who claimed it.</param>
/// <param name="StartedAt">When, UTC.</param>
/// <param name="EndedAt">When it ended, UTC; null while it goes on.</param>
/// <param name="Outcome">How; null while it goes on; "lost" when its lease ran out.</param>
/// <param name="Cause">Why, or null.</param>
public sealed record AttemptRow(
    BatchKey Key, int Number, int Epoch, string Node, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome, string? Cause);

/// <summary>How an attempt ends.</summary>
/// <param name="Outcome">In a word.</param>
/// <param name="Cause">Why, for people; null where nothing needs to be said.</param>
/// <param name="Steps">Model steps taken.</param>
public sealed record AttemptEnd(AttemptOutcome Outcome, string? Cause, long Steps);

/// <summary>How an attempt at a batch ends, where its node tells.</summary>
public enum AttemptOutcome
{
    /// <summary>It reached its end.</summary>
    Completed,

    /// <summary>It failed for good, as the supervision of its run decided.</summary>
    Failed,

    /// <summary>It is handed back at a boundary: it waits again, or is cancelled if the run was.</summary>
    HandedBack,
}

/// <summary>An event of a run, for the journal.</summary>
/// <param name="Kind">In a few words: <c>session committed</c>, <c>rank failed</c>, …</param>
/// <param name="Detail">Whatever more there is to say, a JSON object.</param>
public sealed record EventRecord(string Kind, string Detail)
{
    /// <summary>Tells this event from others that say the same: sent again, it is recorded once.</summary>
    public Guid Id { get; init; } = Guid.NewGuid();
}

/// <summary>An event in the journal.</summary>
/// <param name="Number">Its number: always growing, with gaps.</param>
/// <param name="RunId">The run; null for events of nodes.</param>
/// <param name="First">The batch, as in <see cref="BatchKey"/>; null where it concerns the whole run.</param>
/// <param name="At">When it was recorded, UTC.</param>
/// <param name="Node">The node that it happened on, or null.</param>
/// <param name="Kind">In a few words.</param>
/// <param name="Detail">A JSON object.</param>
public sealed record LedgerEvent(long Number, string? RunId, int? First, DateTimeOffset At, string? Node, string Kind, string Detail);
