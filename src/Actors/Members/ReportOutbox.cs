using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>What a supervisor has told its keeper under one grant and was not acknowledged yet. Pure.</summary>
/// <param name="grant">The grant.</param>
internal sealed class ReportOutbox(Grant grant)
{
    private readonly Queue<BatchReport> _open = new();
    private long _number;

    /// <summary>What may still be lost, in order; to be sent again.</summary>
    public IReadOnlyCollection<BatchReport> Open => _open;

    /// <summary>Numbers a report and keeps it.</summary>
    public BatchReport Add(RunEvent runEvent)
    {
        var report = new BatchReport(grant.RunId, grant.Batch, grant.Epoch, ++_number, runEvent);
        _open.Enqueue(report);
        return report;
    }

    /// <summary>The keeper has all reports up to a number.</summary>
    public void Acknowledged(long number)
    {
        while (_open.TryPeek(out var first) && first.Number <= number)
        {
            _open.Dequeue();
        }
    }
}
