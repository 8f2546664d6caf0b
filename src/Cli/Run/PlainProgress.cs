using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Run;

/// <summary>Tells a run's progress in plain lines, for log files and pipes: one line per session, restart, warning and end.</summary>
internal sealed class PlainProgress(TextWriter output, RunProgress progress) : IRunObserver
{
    private readonly Lock _gate = new();

    public void On(RunEvent runEvent)
    {
        if (Describe(runEvent) is not { } line)
        {
            return;
        }

        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private string? Describe(RunEvent runEvent) => runEvent switch
    {
        BatchStarted { Boundary: < 0 } e => $"{e.Batch}: starts from the initial condition (epoch {e.Epoch})",
        BatchStarted e => $"{e.Batch}: restarts from lead time {LeadTimeText.Of(e.LeadTime)}, session {e.Session} (epoch {e.Epoch})",
        SessionCommitted e =>
            $"{e.Batch}: session {e.Session} at lead time {LeadTimeText.Of(e.LeadTime)}   {LiveProgress.Line(progress.View()).Trim()}",
        BatchCompleted e => $"{e.Batch}: done, {e.Steps} steps",
        BatchStopped e => $"{e.Batch}: stopped at lead time {LeadTimeText.Of(e.LeadTime)}, {e.Steps} steps",
        BatchFailed e => $"{e.Batch}: FAILED: {e.Error.Message}",
        _ => null,
    };
}
