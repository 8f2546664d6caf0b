using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Run;

/// <summary>The progress of a batch, from its events.</summary>
internal sealed record BatchProgress(MemberRange Batch)
{
    public string State { get; init; } = "waiting";

    /// <summary>The boundary that this process started from; -1 is the initial condition.</summary>
    public int StartedAt { get; init; } = -1;

    /// <summary>The newest boundary; -1 before lead time zero is written.</summary>
    public int Boundary { get; init; } = -1;

    public TimeSpan LeadTime { get; init; }

    /// <summary>Lead time of the newest durable session.</summary>
    public TimeSpan? Session { get; init; }

    public long Steps { get; init; }
}

/// <summary>The progress of a whole run.</summary>
/// <param name="StepsPerSecond">Model steps of all batches, divided by the time since the first step of this process.</param>
/// <param name="Left">Estimated time left; null before it can be estimated.</param>
/// <param name="Done">Share of all boundaries that have been reached, 0 to 1.</param>
internal sealed record ProgressFigures(double StepsPerSecond, TimeSpan? Left, double Done);

/// <summary>A consistent snapshot of a run's progress.</summary>
/// <param name="Batches">In order of members.</param>
/// <param name="Figures">The whole run.</param>
/// <param name="LastBoundary">The last boundary of each batch.</param>
internal sealed record ProgressView(IReadOnlyList<BatchProgress> Batches, ProgressFigures Figures, int LastBoundary);

/// <summary>Computes progress from a run's events. Thread safe.</summary>
internal sealed class RunProgress(TimeProvider time) : IRunObserver
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, BatchProgress> _batches = [];
    private long _steps;
    private long _reached;
    private long _reachedHere;
    private int _lastBoundary;
    private long _firstStep;
    private bool _stepping;

    public void On(RunEvent runEvent)
    {
        lock (_gate)
        {
            Apply(runEvent);
        }
    }

    public ProgressView View()
    {
        lock (_gate)
        {
            return new ProgressView([.. _batches.Values], Whole(), _lastBoundary);
        }
    }

    /// <summary>The whole run; the cost does not depend on the number of batches.</summary>
    public ProgressFigures Figures()
    {
        lock (_gate)
        {
            return Whole();
        }
    }

    private ProgressFigures Whole()
    {
        var elapsed = _stepping ? time.GetElapsedTime(_firstStep) : TimeSpan.Zero;
        var all = _batches.Count * (_lastBoundary + 1L);
        TimeSpan? left = _reachedHere > 0 && elapsed > TimeSpan.Zero ? elapsed * ((double)(all - _reached) / _reachedHere) : null;
        var rate = elapsed > TimeSpan.Zero ? _steps / elapsed.TotalSeconds : 0;
        return new ProgressFigures(rate, left, all == 0 ? 0 : (double)_reached / all);
    }

    private void Apply(RunEvent runEvent)
    {
        if (runEvent is RunStarted started)
        {
            _lastBoundary = started.Schedule.Last;
            foreach (var batch in started.Batches)
                Set(batch, new BatchProgress(batch));
        }
        else if (runEvent.Batch is { } batch && _batches.TryGetValue(batch.First, out var before))
        {
            Set(batch, Next(before, runEvent));
        }
    }

    private void Set(MemberRange batch, BatchProgress now)
    {
        Count(_batches.GetValueOrDefault(batch.First), -1);
        Count(_batches[batch.First] = now, 1);
    }

    private void Count(BatchProgress? batch, int times)
    {
        if (batch is not null)
        {
            _steps += times * batch.Steps;
            _reached += times * (batch.Boundary + 1L);
            _reachedHere += times * ((long)batch.Boundary - batch.StartedAt);
        }
    }

    private BatchProgress Next(BatchProgress batch, RunEvent runEvent)
    {
        switch (runEvent)
        {
            case BatchStarted e:
                if (!_stepping)
                {
                    _stepping = true;
                    _firstStep = time.GetTimestamp();
                }

                return batch with
                {
                    State = "stepping", StartedAt = e.Boundary, Boundary = e.Boundary, LeadTime = e.LeadTime,
                    Session = e.Session is null ? null : e.LeadTime,
                };
            case BoundaryReached e:
                return batch with { Boundary = e.Boundary, LeadTime = e.LeadTime, Steps = e.Steps };
            case SessionCommitted e:
                return batch with { Session = e.LeadTime };
            case RestartPlanned:
                return batch with { State = "restarting" };
            case BatchPaused:
                return batch with { State = "paused" };
            case BatchResumed:
                return batch with { State = "stepping" };
            case BatchCompleted e:
                // A batch that was complete before took no time here, so it does not count for the estimate.
                return batch with
                {
                    State = "done", Boundary = _lastBoundary, Steps = e.Steps, StartedAt = e.Steps == 0 ? _lastBoundary : batch.StartedAt,
                };
            case BatchStopped:
                return batch with { State = "stopped" };
            case BatchFailed:
                return batch with { State = "failed" };
            default:
                return batch;
        }
    }
}
