using System.Collections.Immutable;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>What a run's book has on a batch, its opening or its closing. Immutable.</summary>
/// <param name="Batch">Which.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Epoch">The highest epoch that was granted, or found on disk.</param>
public sealed record BatchEntry(MemberRange Batch, BatchState State, int Epoch)
{
    /// <summary>The epoch of the grant that holds, or held last; gangs under it may have higher ones.</summary>
    public int GrantEpoch { get; init; }

    /// <summary>The newest report of that grant.</summary>
    public long LastReport { get; init; }

    /// <summary>Where its ranks are, or were last; the first node has the grant.</summary>
    public ImmutableArray<NodeShare> Shares { get; init; } = [];

    /// <summary>Nodes that it was lost with, without a session since.</summary>
    public int Losses { get; init; }

    /// <summary>The newest session that was reported.</summary>
    public ReportedPlace? Newest { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>What a gang of the grant failed of last; what the next attempt is for.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Model steps that were taken under all grants.</summary>
    public long Steps { get; init; }

    /// <summary>Members that were dropped, as far as the journal tells; null for none.</summary>
    public ImmutableSortedSet<int>? Dropped { get; init; }

    /// <summary>Members that it still has.</summary>
    public int Whole => Batch.Count - (Dropped?.Count ?? 0);

    /// <summary>Oldest first.</summary>
    public ImmutableList<Attempt> Attempts { get; init; } = [];

    /// <summary>The node that has the grant, or had it last; null before the first.</summary>
    public string? Node => Shares.IsDefaultOrEmpty ? null : Shares[0].Node;

    public bool IsOpening => Batch == RunWork.Opening;

    public bool IsClosing => Batch == RunWork.Closing;

    public bool IsOfMembers => Batch.First >= 0;

    /// <summary>Whether it waits, and no node has ever begun it: nothing of it is on disk.</summary>
    public bool IsUntouched => IsOfMembers && State == BatchState.Waiting && Attempts.IsEmpty && Epoch == 0;

    /// <summary>Whether a grant is the one that holds.</summary>
    public bool IsHeldUnder(int grantEpoch) => State == BatchState.Granted && GrantEpoch == grantEpoch;

    internal BatchEntry With(BatchGranted granted) => this with
    {
        State = BatchState.Granted,
        Epoch = granted.Epoch,
        GrantEpoch = granted.Epoch,
        LastReport = 0,
        Shares = [.. granted.Shares],
        LastFailure = null,
        Attempts = Attempts.Add(new Attempt(granted.Attempt, granted.Epoch, granted.Shares[0].Node, granted.At)),
    };

    internal BatchEntry With(AttemptBegun begun) => this with
    {
        Epoch = begun.Epoch,
        LastFailure = null,
        Attempts = Ended(AttemptOutcome.Restarted, begun.Cause, begun.At)
            .Add(new Attempt(begun.Attempt, begun.Epoch, Node ?? "", begun.At)),
    };

    internal BatchEntry With(SessionReported session) => this with
    {
        LastReport = session.Number, Losses = 0, Newest = new ReportedPlace(session.Session, session.LeadTime),
    };

    internal BatchEntry With(RunNoted noted) => this with
    {
        LastReport = noted.Number, LastFailure = noted.Event is RankFailed failed ? failed.Cause : LastFailure,
        Dropped = noted.Event is MemberDropped dropped ? (Dropped ?? []).Add(dropped.Member) : Dropped,
    };

    internal BatchEntry With(AttemptEnded ended, bool runIsCancelled) => this with
    {
        State = After(ended.Outcome, runIsCancelled),
        LastReport = ended.Number,
        Losses = ended.Outcome == AttemptOutcome.Lost ? Losses + 1 : Losses,
        Error = ended.Outcome == AttemptOutcome.Failed ? ended.Cause : null,
        Steps = Steps + ended.Steps,
        Attempts = Ended(ended.Outcome, ended.Cause, ended.At),
    };

    internal BatchEntry With(BatchQuarantined quarantined) => this with { State = BatchState.Failed, Error = quarantined.Error };

    /// <summary>A closing is for a cancelled run too, and is never withdrawn.</summary>
    private BatchState After(AttemptOutcome outcome, bool runIsCancelled) => outcome switch
    {
        AttemptOutcome.Completed => BatchState.Completed,
        AttemptOutcome.Failed => BatchState.Failed,
        _ => runIsCancelled && !IsClosing ? BatchState.Cancelled : BatchState.Waiting,
    };

    private ImmutableList<Attempt> Ended(AttemptOutcome outcome, string? cause, DateTimeOffset at) => Attempts.IsEmpty
        ? Attempts
        : Attempts.SetItem(Attempts.Count - 1, Attempts[^1] with { EndedAt = at, Outcome = outcome, Cause = cause });
}
