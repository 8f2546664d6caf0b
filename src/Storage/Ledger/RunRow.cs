namespace Cairn.Storage.Ledger;

/// <summary>A run as it is handed in.</summary>
/// <param name="Name">Its name, as the spec gives it.</param>
/// <param name="Spec">The resolved spec, JSON.</param>
/// <param name="CheckpointPath">Where its catalogs are, absolute: what makes two runs the same on disk.</param>
/// <param name="Priority">Greater goes first.</param>
/// <param name="Slots">Slots that each batch needs: its ranks.</param>
/// <param name="Requires">What a node must have.</param>
/// <param name="QuarantineAfter">A batch that took so many nodes with it, without progress in between, is given to no other.</param>
/// <param name="IdempotencyKey">The same key twice gives the same run; null for none.</param>
public sealed record RunSubmission(
    string Name, string Spec, string CheckpointPath, int Priority, int Slots, Requirements Requires, int QuarantineAfter,
    string? IdempotencyKey);

/// <summary>What a node must have for a run's batches.</summary>
/// <param name="Gpu">A GPU.</param>
/// <param name="Label">A label; null for any node.</param>
public sealed record Requirements(bool Gpu, string? Label);

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>Nobody has opened it yet.</summary>
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

/// <summary>A run in the ledger.</summary>
/// <param name="RunId">Its id: the name and a number, for commands and URLs.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CancelRequested">Whether it was asked to end.</param>
/// <param name="Priority">Greater goes first.</param>
/// <param name="Slots">Slots that each batch needs.</param>
/// <param name="Requires">What a node must have.</param>
/// <param name="CheckpointPath">Where its catalogs are.</param>
/// <param name="Spec">The resolved spec, JSON; null in lists.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="SubmittedAt">When it was submitted, UTC.</param>
/// <param name="EndedAt">When it ended, UTC, or null.</param>
/// <param name="Batches">Batches of members; 0 before it is opened.</param>
/// <param name="Completed">Those that reached their end.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Leased">Those that a node holds.</param>
public sealed record RunRow(
    string RunId, string Name, RunState State, bool CancelRequested, int Priority, int Slots, Requirements Requires, string CheckpointPath,
    string? Spec, string? Error, DateTimeOffset SubmittedAt, DateTimeOffset? EndedAt, int Batches, int Completed, int Failed, int Leased)
{
    /// <summary>Whether nothing more will happen to it unless it is retried.</summary>
    public bool HasEnded => State is RunState.Completed or RunState.Failed or RunState.Cancelled;
}

/// <summary>What became of a command about a run.</summary>
public enum RunCommandOutcome
{
    /// <summary>It is carried out.</summary>
    Done,

    /// <summary>There is no such run.</summary>
    NoSuchRun,

    /// <summary>The run is not in a state in which the command means anything: it has ended, or has not.</summary>
    NotApplicable,
}
