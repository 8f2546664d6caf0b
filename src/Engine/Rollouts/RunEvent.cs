using System.Text.Json.Serialization;

namespace Cairn.Engine.Rollouts;

/// <summary>Something that happened to a run, reported to its observers as it happens. Values only: it travels between processes and is
/// kept in journals under the names below, which stay.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RunStarted), "run-started")]
[JsonDerivedType(typeof(BegunFromChm), "begun-from-chm")]
[JsonDerivedType(typeof(BatchStarted), "batch-started")]
[JsonDerivedType(typeof(ResumeVerified), "resume-verified")]
[JsonDerivedType(typeof(RankFailed), "rank-failed")]
[JsonDerivedType(typeof(RestartPlanned), "restart-planned")]
[JsonDerivedType(typeof(SessionAborted), "session-aborted")]
[JsonDerivedType(typeof(MemberDropped), "member-dropped")]
[JsonDerivedType(typeof(MemberRedrawn), "member-redrawn")]
[JsonDerivedType(typeof(BatchPaused), "batch-paused")]
[JsonDerivedType(typeof(BatchResumed), "batch-resumed")]
[JsonDerivedType(typeof(BoundaryReached), "boundary-reached")]
[JsonDerivedType(typeof(SessionCommitted), "session-committed")]
[JsonDerivedType(typeof(ChmCheckpointSaved), "chm-checkpoint-saved")]
[JsonDerivedType(typeof(RunWarning), "run-warning")]
[JsonDerivedType(typeof(BatchCompleted), "batch-completed")]
[JsonDerivedType(typeof(BatchStopped), "batch-stopped")]
[JsonDerivedType(typeof(BatchFailed), "batch-failed")]
[JsonDerivedType(typeof(OutputDerived), "output-derived")]
[JsonDerivedType(typeof(MembersDropped), "members-dropped")]
[JsonDerivedType(typeof(PictureDrawn), "picture-drawn")]
[JsonDerivedType(typeof(RunEnded), "run-ended")]
public abstract record RunEvent
{
    /// <summary>The batch that it happened to, or null when it concerns the whole run.</summary>
    public MemberRange? Batch { get; init; }

    /// <summary>The epoch of the gang that it happened to, for logs of the process where it did; null elsewhere.</summary>
    [JsonIgnore]
    public int? GangEpoch { get; init; }
}

/// <summary>A run begins or goes on.</summary>
/// <param name="Batches">The batches that it is cut into.</param>
/// <param name="Resumed">Whether the run was begun before.</param>
/// <param name="Schedule">Its boundaries.</param>
public sealed record RunStarted(IReadOnlyList<MemberRange> Batches, bool Resumed, BoundarySchedule Schedule) : RunEvent;

/// <summary>A run begins, or began, from one of CHM's checkpoints in place of its initial condition.</summary>
/// <param name="Path">The checkpoint's JSON.</param>
/// <param name="Time">Its time, UTC: where the first step starts, and lead time zero.</param>
/// <param name="Step">How long a step is.</param>
/// <param name="End">Lead time of the last boundary.</param>
/// <param name="Boundaries">Boundaries after lead time zero.</param>
public sealed record BegunFromChm(string Path, DateTimeOffset Time, TimeSpan Step, TimeSpan End, int Boundaries) : RunEvent
{
    /// <summary>The event of a spec whose start is resolved; null where it begins from its initial condition.</summary>
    public static BegunFromChm? Of(RunSpec spec) => spec.Checkpoint.Chm?.Settings.LoadPath is { } path
        ? new BegunFromChm(path, ChmStart.Begins(spec), spec.Model.Step, spec.LeadTimes.End, spec.LeadTimes.Count)
        : null;

    /// <summary>For people: the checkpoint, its time, the first step, and how far it is stepped.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"begun from CHM's checkpoint {Path} of {Text(Time)}: the first step is to {Text(Time + Step)}, the last to {Text(Time + End)} "
        + $"({End.Ticks / Step.Ticks} steps, {Boundaries} boundaries)");

    internal static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}

/// <summary>A batch was given a thread and an epoch, and starts to step.</summary>
/// <param name="Epoch">The epoch that it steps under.</param>
/// <param name="Boundary">The boundary that it restarts from, or -1 when it starts from the initial condition.</param>
/// <param name="LeadTime">Lead time of that boundary.</param>
/// <param name="Session">The session that it restarts from, or null.</param>
public sealed record BatchStarted(int Epoch, int Boundary, TimeSpan LeadTime, string? Session) : RunEvent
{
    /// <summary>CHM's checkpoint that takes the place of the initial condition, or null.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The event of a gang's start.</summary>
    internal static BatchStarted Of(GangStart start, RunContext run) => new(
        start.Epoch, start.Boundary, start.Boundary < 0 ? TimeSpan.Zero : run.Schedule.LeadTime(start.Boundary), start.Session)
    {
        Batch = start.Batch,
        Checkpoint = start.Boundary < 0 ? run.Spec.Checkpoint.Chm?.Settings.LoadPath : null,
    };
}

/// <summary>A restart repeated steps from an older session, to see whether they end in the bits that it restored.</summary>
/// <param name="LeadTime">Lead time that was restored and reached again.</param>
/// <param name="IsExact">Whether every bit was the same.</param>
/// <param name="Difference">The largest absolute difference.</param>
public sealed record ResumeVerified(TimeSpan LeadTime, bool IsExact, double Difference) : RunEvent;

/// <summary>A rank of a gang failed, and its gang with it.</summary>
/// <param name="Rank">The rank, or null where the whole gang's process is at fault.</param>
/// <param name="Member">The member at fault, or null where it is not known.</param>
/// <param name="LeadTime">The lead time that was being stepped to, or null where it is not known.</param>
/// <param name="Cause">What went wrong.</param>
public sealed record RankFailed(int? Rank, int? Member, TimeSpan? LeadTime, string Cause) : RunEvent;

/// <summary>A batch will be started again.</summary>
/// <param name="Pause">After this long.</param>
/// <param name="Reason">What was decided, in a sentence.</param>
public sealed record RestartPlanned(TimeSpan Pause, string Reason) : RunEvent;

/// <summary>A session was given up before it became one; the older ones stay.</summary>
/// <param name="LeadTime">Its lead time.</param>
/// <param name="Cause">Why.</param>
public sealed record SessionAborted(TimeSpan LeadTime, string Cause) : RunEvent;

/// <summary>A member was left out of its batch.</summary>
/// <param name="Member">The member.</param>
/// <param name="LeadTime">The lead time that it could not reach.</param>
/// <param name="Cause">What went wrong.</param>
public sealed record MemberDropped(int Member, TimeSpan LeadTime, string Cause) : RunEvent;

/// <summary>A member starts over with another draw.</summary>
/// <param name="Member">The member.</param>
/// <param name="Draw">The number of its draw, from 1.</param>
/// <param name="Cause">The failure of the draw before.</param>
public sealed record MemberRedrawn(int Member, int Draw, string Cause) : RunEvent;

/// <summary>A batch waits, as it was asked to.</summary>
public sealed record BatchPaused(int Boundary, TimeSpan LeadTime) : RunEvent;

/// <summary>A batch goes on, as it was asked to.</summary>
public sealed record BatchResumed : RunEvent;

/// <summary>A batch reached a boundary. Sent often, never journaled.</summary>
/// <param name="Boundary">The boundary.</param>
/// <param name="LeadTime">Its lead time.</param>
/// <param name="Steps">Model steps that the batch has taken in this process.</param>
public sealed record BoundaryReached(int Boundary, TimeSpan LeadTime, long Steps) : RunEvent;

/// <summary>A session is durable: from now on the batch never restarts from before it, unless its files are damaged.</summary>
/// <param name="Session">Its name, a commit's folder.</param>
/// <param name="Boundary">Its boundary.</param>
/// <param name="LeadTime">Its lead time.</param>
public sealed record SessionCommitted(string Session, int Boundary, TimeSpan LeadTime) : RunEvent;

/// <summary>A session was saved in CHM's format besides.</summary>
/// <param name="Path">The checkpoint's JSON.</param>
/// <param name="LeadTime">Its lead time.</param>
public sealed record ChmCheckpointSaved(string Path, TimeSpan LeadTime) : RunEvent;

/// <summary>Something that a user should know, though the run goes on.</summary>
public sealed record RunWarning(string Text) : RunEvent
{
    /// <summary>The rank that said it, for logs of the process where it did; null where none did, and elsewhere.</summary>
    [JsonIgnore]
    public int? Rank { get; init; }
}

/// <summary>A batch has reached its last boundary, and all of it is durable.</summary>
/// <param name="Steps">Model steps taken in this process.</param>
public sealed record BatchCompleted(long Steps) : RunEvent;

/// <summary>A batch stopped at a boundary because it was asked to; its session is durable.</summary>
public sealed record BatchStopped(int Boundary, TimeSpan LeadTime, long Steps) : RunEvent;

/// <summary>A batch failed; its sessions stay.</summary>
/// <param name="Error">What went wrong, for people.</param>
public sealed record BatchFailed(string Error) : RunEvent;

/// <summary>A file was derived from the run's fields, and is durable.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
public sealed record OutputDerived(string Path, long Bytes) : RunEvent;

/// <summary>The members' fields were removed, as output.keep-members = false asks for; what was derived from them stays.</summary>
/// <param name="Path">The store that was removed.</param>
public sealed record MembersDropped(string Path) : RunEvent;

/// <summary>The committed fields were drawn.</summary>
/// <param name="Path">The picture.</param>
/// <param name="Bytes">Its size.</param>
public sealed record PictureDrawn(string Path, long Bytes) : RunEvent;

/// <summary>The run ended.</summary>
public sealed record RunEnded(RunOutcome Outcome, long Steps, TimeSpan Elapsed) : RunEvent;

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>Every batch reached its last boundary.</summary>
    Completed,

    /// <summary>At least one batch failed.</summary>
    Failed,

    /// <summary>Stopped at a boundary on request; the same command goes on from there.</summary>
    Stopped,
}

/// <summary>Receives what happens to a run. Called from several threads, and must not throw.</summary>
public interface IRunObserver
{
    void On(RunEvent runEvent);
}

/// <summary>Passes events to several observers, one after the other.</summary>
public sealed class RunObservers(params IReadOnlyList<IRunObserver> observers) : IRunObserver
{
    public void On(RunEvent runEvent)
    {
        foreach (var observer in observers)
            observer.On(runEvent);
    }
}
