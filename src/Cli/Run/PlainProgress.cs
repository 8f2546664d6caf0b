using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Run;

/// <summary>Prints a run's progress as plain lines, for log files and pipes: one line per session, restart, warning and end.</summary>
internal sealed class PlainProgress(TextWriter output, RunProgress progress) : IRunObserver
{
    private readonly LineSink _lines = new(output);

    public void On(RunEvent runEvent)
    {
        if (Describe(runEvent) is { } line)
            _lines.WriteLine(line);
    }

    private string? Describe(RunEvent runEvent) => runEvent switch
    {
        BatchStarted { Checkpoint: { } checkpoint } e => $"{e.Batch}: starts from CHM's checkpoint {checkpoint} (epoch {e.Epoch})",
        BatchStarted { Boundary: < 0 } e => $"{e.Batch}: starts from the initial condition (epoch {e.Epoch})",
        BatchStarted e => $"{e.Batch}: restarts from lead time {LeadTimeText.Of(e.LeadTime)}, {Source(e)} (epoch {e.Epoch})",
        SessionCommitted e =>
            $"{e.Batch}: session {e.Session} at lead time {LeadTimeText.Of(e.LeadTime)}   {LiveProgress.Line(progress.Figures()).Trim()}",
        BatchCompleted e => $"{e.Batch}: done, {e.Steps} steps",
        BatchStopped e => $"{e.Batch}: stopped at lead time {LeadTimeText.Of(e.LeadTime)}, {e.Steps} steps",
        BatchFailed e => $"{e.Batch}: FAILED (the cause is shown at the end)",
        OutputDerived e => $"derived {e.Path} ({e.Bytes} bytes)",
        MembersDropped e => $"dropped the members' fields in {e.Path}",
        _ => SupervisionLines.Describe(runEvent),
    };

    private static string Source(BatchStarted e) => e.Session is { } session ? $"session {session}" : "sessions of an earlier cut";
}
