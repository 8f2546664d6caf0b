using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>
/// An event in a run's journal, under the name that each summary ends with. Events are readable for ever: a new field has a default, and a
/// change of meaning needs a new event.
/// </summary>
/// <param name="At">When it was decided, UTC.</param>
public abstract record JournalEvent(DateTimeOffset At);

/// <summary>A run was submitted. <c>run-submitted</c></summary>
public sealed record RunSubmitted(RunSubmission Run, DateTimeOffset At) : JournalEvent(At);

/// <summary>A run was opened: its batches, with their highest epochs on disk. <c>run-opened</c></summary>
public sealed record RunOpened(IReadOnlyList<BatchOnDisk> Batches, DateTimeOffset At) : JournalEvent(At);

/// <summary>A batch was granted. <c>batch-granted</c></summary>
/// <param name="Attempt">The number of the attempt, from 1.</param>
/// <param name="Shares">Where its ranks go; the first node has the grant.</param>
public sealed record BatchGranted(
    MemberRange Batch, int Epoch, int Attempt, IReadOnlyList<NodeShare> Shares, DateTimeOffset At) : JournalEvent(At);

/// <summary>Slots of a node that a grant takes.</summary>
/// <param name="Node">The node's id.</param>
/// <param name="Address">Its address in the cluster; empty in the registry's own process.</param>
/// <param name="Host">The host's name for other machines and <c>mpiexec</c>.</param>
/// <param name="Slots">How many.</param>
public sealed record NodeShare(string Node, string Address, string Host, int Slots);

/// <summary>The gang of a grant was restarted on the same node, under another epoch. <c>attempt-begun</c></summary>
public sealed record AttemptBegun(MemberRange Batch, int Epoch, int Attempt, string? Cause, DateTimeOffset At) : JournalEvent(At);

/// <summary>A session is durable on disk. <c>session-reported</c></summary>
public sealed record SessionReported(
    MemberRange Batch, int Epoch, long Number, string Session, int Boundary, TimeSpan LeadTime, DateTimeOffset At) : JournalEvent(At);

/// <summary>An attempt ended, and its grant with it. <c>attempt-ended</c></summary>
/// <param name="Number">The number of the report, or, if there was none, of the last report before.</param>
/// <param name="Cause">Why, or null.</param>
/// <param name="Steps">Model steps under the grant.</param>
public sealed record AttemptEnded(
    MemberRange Batch, long Number, AttemptOutcome Outcome, string? Cause, long Steps, DateTimeOffset At) : JournalEvent(At);

/// <summary>Too many nodes were lost with a batch, and it is not granted again. <c>batch-quarantined</c></summary>
public sealed record BatchQuarantined(MemberRange Batch, int Losses, string Error, DateTimeOffset At) : JournalEvent(At);

/// <summary>A run was paused. <c>run-paused</c></summary>
public sealed record RunPaused(DateTimeOffset At) : JournalEvent(At);

/// <summary>A run was resumed. <c>run-resumed</c></summary>
public sealed record RunResumed(DateTimeOffset At) : JournalEvent(At);

/// <summary>A run was cancelled. <c>run-cancelled</c></summary>
public sealed record RunCancelled(DateTimeOffset At) : JournalEvent(At);

/// <summary>The failed and cancelled batches of a run wait again. <c>run-retried</c></summary>
public sealed record RunRetried(DateTimeOffset At) : JournalEvent(At);

/// <summary>A run has ended. <c>run-closed</c></summary>
/// <param name="Refusal">Why it could not be opened; null if it was.</param>
/// <param name="Error">Why it failed, or null.</param>
public sealed record RunClosed(RunState State, RefusalKind? Refusal, string? Error, DateTimeOffset At) : JournalEvent(At);

/// <summary>Another event on a node: a failure, a restart, a warning. <c>run-noted</c></summary>
/// <param name="Batch">The batch, opening or closing.</param>
/// <param name="Number">The number of the report.</param>
/// <param name="At">When it was received.</param>
public sealed record RunNoted(MemberRange Batch, long Number, RunEvent Event, DateTimeOffset At) : JournalEvent(At);

/// <summary>The state of a run's deadline has changed. <c>deadline-changed</c></summary>
/// <param name="State">The new state.</param>
/// <param name="Due">The deadline.</param>
/// <param name="Members">How many members must be complete by then.</param>
/// <param name="Complete">How many are complete.</param>
/// <param name="Expected">When enough members are expected to be complete; null if unknown.</param>
/// <param name="At">When it was decided, UTC.</param>
public sealed record DeadlineChanged(
    DeadlineState State, DateTimeOffset Due, int Members, int Complete, DateTimeOffset? Expected, DateTimeOffset At) : JournalEvent(At);

/// <summary>A batch that was not begun is dropped for the deadline's sake. <c>batch-dropped</c></summary>
public sealed record BatchDropped(MemberRange Batch, DateTimeOffset At) : JournalEvent(At);

/// <summary>A dropped batch waits again, since there is time for it. <c>batch-taken-up</c></summary>
public sealed record BatchTakenUp(MemberRange Batch, DateTimeOffset At) : JournalEvent(At);

/// <summary>An alert about a change of the deadline was sent, or failed after several tries. <c>deadline-told</c></summary>
/// <param name="Number">The number of the change, from 1.</param>
/// <param name="State">Its state after the change.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Error">The last error; null for success.</param>
public sealed record DeadlineTold(int Number, DeadlineState State, int Tries, string? Error, DateTimeOffset At) : JournalEvent(At);

/// <summary>A run as submitted, with what the registry needs from its spec.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Number">Counts the runs of the registry, from 1.</param>
/// <param name="Name">Its name, as the spec gives it.</param>
/// <param name="Spec">The resolved spec, JSON.</param>
/// <param name="CheckpointPath">The absolute path of its catalogs: it identifies the run on disk.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="Slots">Slots that each batch needs: its ranks.</param>
/// <param name="SpansNodes">Whether the ranks of a batch may be on several nodes.</param>
/// <param name="Requires">What a node must have.</param>
/// <param name="QuarantineAfter">Nodes that may be lost with a batch, without progress in between, before it is quarantined.</param>
/// <param name="Members">Members of the ensemble.</param>
/// <param name="LastLeadTime">Lead time of the last boundary.</param>
/// <param name="Step">Lead time of a model step.</param>
/// <param name="Fresh">Whether data of an earlier run is moved aside.</param>
/// <param name="IdempotencyKey">A repeated submission with the same key returns the same run; null for none.</param>
public sealed record RunSubmission(
    string Id, int Number, string Name, string Spec, string CheckpointPath, int Priority, int Slots, bool SpansNodes,
    Requirements Requires, int QuarantineAfter, int Members, TimeSpan LastLeadTime, TimeSpan Step, bool Fresh, string? IdempotencyKey)
{
    /// <summary>What the run begins from instead of its initial condition, for people; null until its opening has reported that.</summary>
    public string? BegunFrom { get; init; }

    /// <summary>Its deadline; null for none. Older journals lack it.</summary>
    public DeadlineGoal? Deadline { get; init; }

    /// <summary>Takes what the registry needs from a spec.</summary>
    public static RunSubmission Of(RunSpec spec, string id, int number, bool fresh, string? key)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new RunSubmission(
            id, number, spec.Name, RunSpecJson.Write(spec).ToJsonString(), spec.Checkpoint.Path, spec.Placement.Priority, spec.Ranks.Count,
            RankLaunchers.Of(spec).SpansNodes, Requirements.Of(spec),
            spec.Supervision.QuarantineAfter, spec.Ensemble.Size, spec.LeadTimes.End, spec.Model.Step, fresh, key);
    }
}
