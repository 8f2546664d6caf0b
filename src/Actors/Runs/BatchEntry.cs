using System.Collections.Immutable;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>The state of a batch, the opening or the closing, from the run's journal. Immutable.</summary>
/// <param name="Batch">Which.</param>
/// <param name="State">Its state.</param>
/// <param name="Epoch">The highest epoch that was granted, or found on disk.</param>
public sealed record BatchEntry(MemberRange Batch, BatchState State, int Epoch)
{
    /// <summary>The epoch of the current or last grant; gangs under it may have higher ones.</summary>
    public int GrantEpoch { get; init; }

    public long LastReport { get; init; }

    /// <summary>Where its ranks are or were last; the first node has the grant.</summary>
    public ImmutableArray<NodeShare> Shares { get; init; } = [];

    /// <summary>Nodes that were lost with it, since its last session.</summary>
    public int Losses { get; init; }

    /// <summary>The newest session that was reported.</summary>
    public NewestSession? Newest { get; init; }

    public string? Error { get; init; }

    /// <summary>The last failure of a gang under the grant: the cause of the next attempt.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Model steps under all grants.</summary>
    public long Steps { get; init; }

    /// <summary>Members that were dropped; null for none.</summary>
    public ImmutableSortedSet<int>? Dropped { get; init; }

    /// <summary>The number of its members that were not dropped.</summary>
    public int Whole => Batch.Count - (Dropped?.Count ?? 0);

    /// <summary>Oldest first.</summary>
    public ImmutableList<Attempt> Attempts { get; init; } = [];

    /// <summary>The node with the current or last grant; null before the first.</summary>
    public string? Node => Shares.IsDefaultOrEmpty ? null : Shares[0].Node;

    public bool IsOpening => Batch == RunWork.Opening;

    public bool IsClosing => Batch == RunWork.Closing;

    public bool IsOfMembers => Batch.First >= 0;

    /// <summary>Whether it waits and was never begun: nothing of it is on disk.</summary>
    public bool IsUntouched => IsOfMembers && State == BatchState.Waiting && Attempts.IsEmpty && Epoch == 0;

    /// <summary>Whether a grant is the current one.</summary>
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
        LastReport = session.Number, Losses = 0, Newest = new NewestSession(session.Session, session.LeadTime),
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

    /// <summary>A cancelled run is closed, too.</summary>
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
