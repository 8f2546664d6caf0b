using Cairn.Engine.Extensions;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>The state of a run.</summary>
public enum RunState
{
    /// <summary>It is not opened yet.</summary>
    Submitted,

    /// <summary>Its batches wait or are granted.</summary>
    Running,

    /// <summary>Every batch reached its end.</summary>
    Completed,

    /// <summary>At least one batch failed, or the run could not be opened.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}

/// <summary>The state of a batch.</summary>
public enum BatchState
{
    /// <summary>A closing that is not due yet; never shown.</summary>
    Pending,

    /// <summary>It waits for a node.</summary>
    Waiting,

    /// <summary>It is granted to a node.</summary>
    Granted,

    /// <summary>It reached its end.</summary>
    Completed,

    /// <summary>It failed for good.</summary>
    Failed,

    /// <summary>Its run was cancelled before its end.</summary>
    Cancelled,

    /// <summary>It was dropped for its run's deadline before it began.</summary>
    Dropped,
}

/// <summary>How an attempt at a batch ended.</summary>
public enum AttemptOutcome
{
    /// <summary>It reached its end.</summary>
    Completed,

    /// <summary>It failed for good, as its supervision decided.</summary>
    Failed,

    /// <summary>The batch was handed back at a boundary: it waits again, or is cancelled if its run was.</summary>
    HandedBack,

    /// <summary>Its gang failed, and was restarted on the same node.</summary>
    Restarted,

    /// <summary>Its node was lost.</summary>
    Lost,
}

/// <summary>A run's requirements on nodes.</summary>
/// <param name="Gpu">A GPU.</param>
/// <param name="Label">A label; null for any node.</param>
public sealed record Requirements(bool Gpu, string? Label)
{
    /// <summary>The extensions that its spec uses.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    public static Requirements Of(RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new(spec.Placement.Gpu, spec.Placement.Label) { Extensions = LoadedExtensions.NamesIn(spec) };
    }

    /// <summary>Compares by value.</summary>
    public bool Equals(Requirements? other) =>
        other is not null && (Gpu, Label) == (other.Gpu, other.Label) && Extensions.SequenceEqual(other.Extensions);

    public override int GetHashCode() => HashCode.Combine(Gpu, Label, Extensions.Count);
}

/// <summary>A run, for lists.</summary>
/// <param name="Id">The name and a number.</param>
/// <param name="Number">Counts the runs of a registry, from 1.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="IsCancelled">Whether it was cancelled.</param>
/// <param name="IsPaused">Whether it was asked to wait.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="Slots">Slots that each batch needs: its ranks.</param>
/// <param name="Requires">What a node must have.</param>
/// <param name="CheckpointPath">Where its catalogs are.</param>
/// <param name="Members">Members of its ensemble.</param>
/// <param name="LastLeadTime">Lead time of its last boundary.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="SubmittedAt">When it was submitted, UTC.</param>
/// <param name="EndedAt">When it ended, UTC, or null.</param>
/// <param name="Batches">Batches of members by state.</param>
public sealed record RunRow(
    string Id, int Number, string Name, RunState State, bool IsCancelled, bool IsPaused, int Priority, int Slots, Requirements Requires,
    string CheckpointPath, int Members, TimeSpan LastLeadTime, string? Error, DateTimeOffset SubmittedAt, DateTimeOffset? EndedAt,
    BatchCounts Batches)
{
    /// <summary>What it begins from instead of its initial condition, for people; or null.</summary>
    public string? BegunFrom { get; init; }

    /// <summary>Its deadline; null for none.</summary>
    public DeadlineStanding? Deadline { get; init; }

    /// <summary>Whether it has ended; it can still be retried.</summary>
    public bool HasEnded => State is RunState.Completed or RunState.Failed or RunState.Cancelled;
}

/// <summary>Numbers of batches of members by state; all 0 before the run is opened.</summary>
public sealed record BatchCounts(int Waiting, int Granted, int Completed, int Failed, int Cancelled)
{
    /// <summary>Dropped for the run's deadline.</summary>
    public int Dropped { get; init; }

    /// <summary>All of them.</summary>
    public int Total => Waiting + Granted + Completed + Failed + Cancelled + Dropped;
}

/// <summary>How fast a run goes, by its batches' last reports.</summary>
/// <param name="StepsPerSecond">Model steps of all running batches together.</param>
/// <param name="Done">The completed part of all batches' lead times, from 0 to 1.</param>
/// <param name="Left">The remaining time at this rate; null if no batch runs.</param>
public sealed record RunPace(double StepsPerSecond, double Done, TimeSpan? Left);

/// <summary>A batch, or the opening or closing of a run.</summary>
/// <param name="Batch">Its members; (-2, -2) for the opening, (-1, -1) for the closing.</param>
/// <param name="State">Its state.</param>
/// <param name="Epoch">The highest granted epoch; 0 before the first.</param>
/// <param name="Node">The current or last node; null before the first.</param>
/// <param name="Losses">Nodes that were lost with it, without progress since.</param>
/// <param name="Newest">Its newest reported session; null before the first.</param>
/// <param name="LeadTime">How far it is, beyond its last session; null if it does not run.</param>
/// <param name="Waits">Why it waits; null if it does not.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="Attempts">Oldest first.</param>
public sealed record BatchRow(
    MemberRange Batch, BatchState State, int Epoch, string? Node, int Losses, NewestSession? Newest, TimeSpan? LeadTime, string? Waits,
    string? Error, IReadOnlyList<Attempt> Attempts);

/// <summary>An attempt at a batch: a gang, from its epoch to its outcome.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Node">Where.</param>
/// <param name="BeganAt">When it was granted, UTC.</param>
/// <param name="EndedAt">When it ended, UTC; null if it runs.</param>
/// <param name="Outcome">Null if it runs.</param>
/// <param name="Cause">Why, or null.</param>
public sealed record Attempt(
    int Number, int Epoch, string Node, DateTimeOffset BeganAt, DateTimeOffset? EndedAt = null, AttemptOutcome? Outcome = null,
    string? Cause = null);
