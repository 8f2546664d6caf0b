using Cairn.Engine.Extensions;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>It was not opened yet.</summary>
    Submitted,

    /// <summary>Its batches wait or are under way.</summary>
    Running,

    /// <summary>Every batch reached its end.</summary>
    Completed,

    /// <summary>At least one batch failed, or the run could not be opened.</summary>
    Failed,

    /// <summary>It was cancelled before its end.</summary>
    Cancelled,
}

/// <summary>Where a batch stands.</summary>
public enum BatchState
{
    /// <summary>A closing whose time has not come; never shown.</summary>
    Pending,

    /// <summary>It waits for a node.</summary>
    Waiting,

    /// <summary>A node has it.</summary>
    Granted,

    /// <summary>It reached its end.</summary>
    Completed,

    /// <summary>It failed for good.</summary>
    Failed,

    /// <summary>Its run was cancelled before its end.</summary>
    Cancelled,

    /// <summary>It was left out for its run's deadline before a node had begun it.</summary>
    Dropped,
}

/// <summary>How an attempt at a batch ended.</summary>
public enum AttemptOutcome
{
    /// <summary>It reached its end.</summary>
    Completed,

    /// <summary>It failed for good, as the supervision of its run decided.</summary>
    Failed,

    /// <summary>The batch was handed back at a boundary: it waits again, or is cancelled if its run was.</summary>
    HandedBack,

    /// <summary>Its gang failed, and another began on the same node.</summary>
    Restarted,

    /// <summary>Its node was lost.</summary>
    Lost,
}

/// <summary>What a node must have for a run's batches.</summary>
/// <param name="Gpu">A GPU.</param>
/// <param name="Label">A label; null for any node.</param>
public sealed record Requirements(bool Gpu, string? Label)
{
    /// <summary>The extensions that its kinds come from.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>What a spec requires.</summary>
    public static Requirements Of(RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new(spec.Placement.Gpu, spec.Placement.Label) { Extensions = LoadedExtensions.NamesIn(spec) };
    }

    /// <summary>Equal where all is required alike.</summary>
    public bool Equals(Requirements? other) =>
        other is not null && (Gpu, Label) == (other.Gpu, other.Label) && Extensions.SequenceEqual(other.Extensions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Gpu, Label, Extensions.Count);
}

/// <summary>A run, as lists show it.</summary>
/// <param name="Id">What commands call it: the name and a number.</param>
/// <param name="Number">Counts the runs of a registry, from 1: the greater, the younger.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="IsCancelled">Whether it was asked to end before its end.</param>
/// <param name="IsPaused">Whether it was asked to wait.</param>
/// <param name="Priority">Greater goes first.</param>
/// <param name="Slots">Slots that each batch needs: its ranks.</param>
/// <param name="Requires">What a node must have.</param>
/// <param name="CheckpointPath">Where its catalogs are.</param>
/// <param name="Members">Members of its ensemble.</param>
/// <param name="LastLeadTime">Lead time of its last boundary.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="SubmittedAt">When it was submitted, UTC.</param>
/// <param name="EndedAt">When it ended, UTC, or null.</param>
/// <param name="Batches">Batches of members by where they stand.</param>
public sealed record RunRow(
    string Id, int Number, string Name, RunState State, bool IsCancelled, bool IsPaused, int Priority, int Slots, Requirements Requires,
    string CheckpointPath, int Members, TimeSpan LastLeadTime, string? Error, DateTimeOffset SubmittedAt, DateTimeOffset? EndedAt,
    BatchCounts Batches)
{
    /// <summary>What it begins from in place of its initial condition, for people; or null.</summary>
    public string? BegunFrom { get; init; }

    /// <summary>How it stands to its deadline; null where it has none.</summary>
    public DeadlineStanding? Deadline { get; init; }

    /// <summary>Whether nothing more will happen to it unless it is retried.</summary>
    public bool HasEnded => State is RunState.Completed or RunState.Failed or RunState.Cancelled;
}

/// <summary>How many batches of members stand where; all are 0 before the run is opened.</summary>
public sealed record BatchCounts(int Waiting, int Granted, int Completed, int Failed, int Cancelled)
{
    /// <summary>Those that were left out for the run's deadline.</summary>
    public int Dropped { get; init; }

    /// <summary>All of them.</summary>
    public int Total => Waiting + Granted + Completed + Failed + Cancelled + Dropped;
}

/// <summary>How fast a run goes, as its batches last said.</summary>
/// <param name="StepsPerSecond">Model steps of all batches under way together.</param>
/// <param name="Done">The part of all batches' lead times that is behind them, from 0 to 1.</param>
/// <param name="Left">How long it takes from now on at this rate; null where nothing goes on.</param>
public sealed record RunPace(double StepsPerSecond, double Done, TimeSpan? Left);

/// <summary>A batch, or the opening or closing of a run.</summary>
/// <param name="Batch">Its members; (-2, -2) for the opening, (-1, -1) for the closing.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Epoch">The highest epoch that was granted; 0 before the first.</param>
/// <param name="Node">The node that has it, or had it last; null before the first.</param>
/// <param name="Losses">Nodes that it was lost with, without progress since.</param>
/// <param name="Newest">Its newest session that was reported; null before the first.</param>
/// <param name="LeadTime">How far it is by its own word, sessions or not; null where it does not step.</param>
/// <param name="Waits">Why it waits; null where it does not.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="Attempts">Oldest first.</param>
public sealed record BatchRow(
    MemberRange Batch, BatchState State, int Epoch, string? Node, int Losses, ReportedPlace? Newest, TimeSpan? LeadTime, string? Waits,
    string? Error, IReadOnlyList<Attempt> Attempts);

/// <summary>An attempt at a batch: from a gang's epoch to what became of it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Node">Where.</param>
/// <param name="BeganAt">When it was granted, UTC.</param>
/// <param name="EndedAt">When it ended, UTC; null while it goes on.</param>
/// <param name="Outcome">How; null while it goes on.</param>
/// <param name="Cause">Why, or null.</param>
public sealed record Attempt(
    int Number, int Epoch, string Node, DateTimeOffset BeganAt, DateTimeOffset? EndedAt = null, AttemptOutcome? Outcome = null,
    string? Cause = null);
