using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>
/// What the journal of a run keeps, under the name that stands beside each. What was written once is read for ever: a field is added with a
/// default, and one that means something else is another event.
/// </summary>
/// <param name="At">When it was decided, UTC.</param>
public abstract record JournalEvent(DateTimeOffset At);

/// <summary>A run was submitted. <c>run-submitted</c></summary>
public sealed record RunSubmitted(RunSubmission Run, DateTimeOffset At) : JournalEvent(At);

/// <summary>A run was laid out: its batches, with the highest epochs that were on disk. <c>run-opened</c></summary>
public sealed record RunOpened(IReadOnlyList<BatchOnDisk> Batches, DateTimeOffset At) : JournalEvent(At);

/// <summary>A batch was granted. <c>batch-granted</c></summary>
/// <param name="Batch">The batch.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Attempt">The number of the attempt, from 1.</param>
/// <param name="Shares">Where its ranks go; the first node has the grant.</param>
/// <param name="At">When.</param>
public sealed record BatchGranted(
    MemberRange Batch, int Epoch, int Attempt, IReadOnlyList<NodeShare> Shares, DateTimeOffset At) : JournalEvent(At);

/// <summary>Slots of a node that a grant takes.</summary>
/// <param name="Node">The node's id.</param>
/// <param name="Address">Its address in the cluster, and empty in its own process.</param>
/// <param name="Host">What other machines reach it by, and <c>mpiexec</c> calls it.</param>
/// <param name="Slots">How many.</param>
public sealed record NodeShare(string Node, string Address, string Host, int Slots);

/// <summary>The gang of a grant is started again, under another epoch: another attempt on the same node. <c>attempt-begun</c></summary>
public sealed record AttemptBegun(MemberRange Batch, int Epoch, int Attempt, string? Cause, DateTimeOffset At) : JournalEvent(At);

/// <summary>A session is durable on disk. <c>session-reported</c></summary>
public sealed record SessionReported(
    MemberRange Batch, int Epoch, long Number, string Session, int Boundary, TimeSpan LeadTime, DateTimeOffset At) : JournalEvent(At);

/// <summary>An attempt ended, and its grant with it. <c>attempt-ended</c></summary>
/// <param name="Batch">The batch.</param>
/// <param name="Number">The number of the report that told it; that of the last one before where no report did.</param>
/// <param name="Outcome">How.</param>
/// <param name="Cause">Why, or null.</param>
/// <param name="Steps">Model steps that were taken under the grant.</param>
/// <param name="At">When.</param>
public sealed record AttemptEnded(
    MemberRange Batch, long Number, AttemptOutcome Outcome, string? Cause, long Steps, DateTimeOffset At) : JournalEvent(At);

/// <summary>A batch took too many nodes with it, and is given to no other. <c>batch-quarantined</c></summary>
public sealed record BatchQuarantined(MemberRange Batch, int Losses, string Error, DateTimeOffset At) : JournalEvent(At);

/// <summary>A run is to wait. <c>run-paused</c></summary>
public sealed record RunPaused(DateTimeOffset At) : JournalEvent(At);

/// <summary>A run is to go on. <c>run-resumed</c></summary>
public sealed record RunResumed(DateTimeOffset At) : JournalEvent(At);

/// <summary>A run is to end before its end. <c>run-cancelled</c></summary>
public sealed record RunCancelled(DateTimeOffset At) : JournalEvent(At);

/// <summary>What failed or was cancelled of a run has another try. <c>run-retried</c></summary>
public sealed record RunRetried(DateTimeOffset At) : JournalEvent(At);

/// <summary>A run has ended. <c>run-closed</c></summary>
/// <param name="State">How.</param>
/// <param name="Refusal">Why it could not be opened; null for one that was.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="At">When.</param>
public sealed record RunClosed(RunState State, RefusalKind? Refusal, string? Error, DateTimeOffset At) : JournalEvent(At);

/// <summary>Something happened on a node that users may want to know: failures, restarts, warnings. <c>run-noted</c></summary>
/// <param name="Batch">The grant that it is about: a batch, or the opening or closing.</param>
/// <param name="Number">The number of the report.</param>
/// <param name="Event">What.</param>
/// <param name="At">When it was received.</param>
public sealed record RunNoted(MemberRange Batch, long Number, RunEvent Event, DateTimeOffset At) : JournalEvent(At);

/// <summary>How a run stands to its deadline is another. <c>deadline-changed</c></summary>
/// <param name="State">How it stands now.</param>
/// <param name="Due">The deadline.</param>
/// <param name="Members">How many members are to be complete by then.</param>
/// <param name="Complete">How many are.</param>
/// <param name="Expected">When as many as are needed are expected to be complete; null where that is not known.</param>
/// <param name="At">When it was decided, UTC.</param>
public sealed record DeadlineChanged(
    DeadlineState State, DateTimeOffset Due, int Members, int Complete, DateTimeOffset? Expected, DateTimeOffset At) : JournalEvent(At);

/// <summary>A batch that no node has begun is left out, so that what is needed by the deadline comes first. <c>batch-dropped</c></summary>
public sealed record BatchDropped(MemberRange Batch, DateTimeOffset At) : JournalEvent(At);

/// <summary>A batch that was left out waits again, since there is time for it. <c>batch-taken-up</c></summary>
public sealed record BatchTakenUp(MemberRange Batch, DateTimeOffset At) : JournalEvent(At);

/// <summary>
/// Whoever is to be told of a change of the deadline was told, or could not be. <c>deadline-told</c>
/// </summary>
/// <param name="Number">The number of the change, from 1.</param>
/// <param name="State">How it stood.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Error">Why it failed in the end; null where it did not.</param>
/// <param name="At">When.</param>
public sealed record DeadlineTold(int Number, DeadlineState State, int Tries, string? Error, DateTimeOffset At) : JournalEvent(At);

/// <summary>A run as it is handed in, and what the registry needs to know of its spec.</summary>
/// <param name="Id">What to call it.</param>
/// <param name="Number">Counts the runs of the registry, from 1.</param>
/// <param name="Name">Its name, as the spec gives it.</param>
/// <param name="Spec">The resolved spec, JSON.</param>
/// <param name="CheckpointPath">Where its catalogs are, absolute: what makes two runs the same on disk.</param>
/// <param name="Priority">Greater goes first.</param>
/// <param name="Slots">Slots that each batch needs: its ranks.</param>
/// <param name="SpansNodes">Whether the ranks of a batch may be on several nodes.</param>
/// <param name="Requires">What a node must have.</param>
/// <param name="QuarantineAfter">A batch that took so many nodes with it, without progress in between, is given to no other.</param>
/// <param name="Members">Members of the ensemble.</param>
/// <param name="LastLeadTime">Lead time of the last boundary.</param>
/// <param name="Step">Lead time of a model step.</param>
/// <param name="Fresh">Whether what an earlier run left is moved aside.</param>
/// <param name="IdempotencyKey">The same key twice gives the same run; null for none.</param>
public sealed record RunSubmission(
    string Id, int Number, string Name, string Spec, string CheckpointPath, int Priority, int Slots, bool SpansNodes,
    Requirements Requires, int QuarantineAfter, int Members, TimeSpan LastLeadTime, TimeSpan Step, bool Fresh, string? IdempotencyKey)
{
    /// <summary>What the run begins from in place of its initial condition, for people; null until its opening has told so.</summary>
    public string? BegunFrom { get; init; }

    /// <summary>Its deadline; null for none, as in journals that are older than deadlines.</summary>
    public DeadlineGoal? Deadline { get; init; }

    /// <summary>What the registry needs to know of a spec.</summary>
    public static RunSubmission Of(RunSpec spec, string id, int number, bool fresh, string? key)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new RunSubmission(
            id, number, spec.Name, RunSpecJson.Write(spec).ToJsonString(), spec.Checkpoint.Path, spec.Placement.Priority, spec.Ranks.Count,
            RankLaunchers.Of(spec).SpansNodes, Requirements.Of(spec),
            spec.Supervision.QuarantineAfter, spec.Ensemble.Size, spec.LeadTimes.End, spec.Model.Step, fresh, key);
    }
}
