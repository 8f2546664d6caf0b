namespace Cairn.Storage.Ledger.Sql;

// Rows as the databases give them: one calls everything a long, the other has integers; so they are filled property by property.

internal sealed class SubmittedRecord
{
    public string RunId { get; set; } = "";

    public string Spec { get; set; } = "";

    public string CheckpointPath { get; set; } = "";
}

internal sealed class RunRecord
{
    public string RunId { get; set; } = "";

    public string Name { get; set; } = "";

    public RunState State { get; set; }

    public long CancelRequested { get; set; }

    public int Priority { get; set; }

    public int Slots { get; set; }

    public long RequiresGpu { get; set; }

    public string? RequiresLabel { get; set; }

    public string CheckpointPath { get; set; } = "";

    public string? Spec { get; set; }

    public string? Error { get; set; }

    public long SubmittedAt { get; set; }

    public long? EndedAt { get; set; }

    public int Batches { get; set; }

    public int Completed { get; set; }

    public int Failed { get; set; }

    public int Leased { get; set; }

    public RunRow ToRow() => new(RunId, Name, State, CancelRequested != 0, Priority, Slots, new(RequiresGpu != 0, RequiresLabel),
        CheckpointPath, Spec, Error, LedgerTime.Utc(SubmittedAt), LedgerTime.Utc(EndedAt), Batches, Completed, Failed, Leased);
}

internal sealed class CommandedRun
{
    public RunState State { get; set; }

    public long CancelRequested { get; set; }

    public string LastCommand { get; set; } = "";

    public string CheckpointPath { get; set; } = "";

    public bool HasEnded => State is RunState.Completed or RunState.Failed or RunState.Cancelled;
}

internal sealed class BatchRecord
{
    public int First { get; set; }

    public int Last { get; set; }

    public BatchState State { get; set; }

    public int Epoch { get; set; }

    public string? Node { get; set; }

    public int Attempts { get; set; }

    public int Losses { get; set; }

    public long? LeadTime { get; set; }

    public string? NewestSession { get; set; }

    public string? Error { get; set; }

    public BatchRow ToRow(string runId) => new(new(runId, First), Last, State, Epoch, Node, Attempts, Losses,
        LeadTime is { } ticks ? new TimeSpan(ticks) : null, NewestSession, Error);
}

internal sealed class AttemptRecord
{
    public int First { get; set; }

    public int Number { get; set; }

    public int Epoch { get; set; }

    public string Node { get; set; } = "";

    public long StartedAt { get; set; }

    public long? EndedAt { get; set; }

    public string? Outcome { get; set; }

    public string? Cause { get; set; }

    public AttemptRow ToRow(string runId) =>
        new(new(runId, First), Number, Epoch, Node, LedgerTime.Utc(StartedAt), LedgerTime.Utc(EndedAt), Outcome, Cause);
}

internal sealed class SessionLine
{
    public int First { get; set; }

    public string Name { get; set; } = "";

    public int Epoch { get; set; }

    public long LeadTime { get; set; }

    public string Node { get; set; } = "";

    public long ReportedAt { get; set; }

    public SessionRow ToRow(string runId) =>
        new(new(runId, First), Name, Epoch, new TimeSpan(LeadTime), Node, LedgerTime.Utc(ReportedAt));
}

internal sealed class EventLine
{
    public long Number { get; set; }

    public string? RunId { get; set; }

    public int? First { get; set; }

    public long At { get; set; }

    public string? Node { get; set; }

    public string Kind { get; set; } = "";

    public string Detail { get; set; } = "";

    public LedgerEvent ToRow() => new(Number, RunId, First, LedgerTime.Utc(At), Node, Kind, Detail);
}

/// <summary>How many of a kind stand where.</summary>
internal sealed class CountLine
{
    public string What { get; set; } = "";

    public string State { get; set; } = "";

    public long Number { get; set; }
}
