using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Run;

/// <summary>What a batch is doing, as its events told.</summary>
internal sealed record BatchProgress(MemberRange Batch)
{
    public string State { get; init; } = "waiting";

    /// <summary>Boundary that this process began from: -1 is the initial condition.</summary>
    public int StartedAt { get; init; } = -1;

    /// <summary>Newest boundary, or -1 before lead time zero was written.</summary>
    public int Boundary { get; init; } = -1;

    public TimeSpan LeadTime { get; init; }

    /// <summary>Lead time of the newest durable session.</summary>
    public TimeSpan? Session { get; init; }

    public long Steps { get; init; }
}

/// <summary>One consistent look at a run's progress.</summary>
/// <param name="Batches">In order of members.</param>
/// <param name="StepsPerSecond">Model steps of all batches over the time since the first one of this process.</param>
/// <param name="Left">Estimated time left, or null before there is anything to go by.</param>
/// <param name="Done">Share of all boundaries that are reached, 0 to 1.</param>
internal sealed record ProgressView(IReadOnlyList<BatchProgress> Batches, double StepsPerSecond, TimeSpan? Left, double Done);

/// <summary>Gathers a run's events into numbers that a person wants to see. Thread safe.</summary>
internal sealed class RunProgress(TimeProvider time) : IRunObserver
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, BatchProgress> _batches = [];
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
            var elapsed = _stepping ? time.GetElapsedTime(_firstStep) : TimeSpan.Zero;
            var steps = _batches.Values.Sum(b => b.Steps);
            var boundaries = _batches.Values.Sum(b => (long)b.Boundary + 1);
            var here = _batches.Values.Sum(b => (long)b.Boundary - b.StartedAt);
            var all = _batches.Count * (_lastBoundary + 1L);
            TimeSpan? left = here > 0 && elapsed > TimeSpan.Zero ? elapsed * ((double)(all - boundaries) / here) : null;
            var rate = elapsed > TimeSpan.Zero ? steps / elapsed.TotalSeconds : 0;
            return new ProgressView([.. _batches.Values], rate, left, all == 0 ? 0 : (double)boundaries / all);
        }
    }

    private void Apply(RunEvent runEvent)
    {
        if (runEvent is RunStarted started)
        {
            _lastBoundary = started.Schedule.Last;
            foreach (var batch in started.Batches)
            {
                _batches[batch.First] = new BatchProgress(batch);
            }
        }
        else if (runEvent.Batch is { } batch && _batches.TryGetValue(batch.First, out var before))
        {
            _batches[batch.First] = Next(before, runEvent);
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
                return batch with { State = "done", Boundary = _lastBoundary, Steps = e.Steps };
            case BatchStopped:
                return batch with { State = "stopped" };
            case BatchFailed:
                return batch with { State = "failed" };
            default:
                return batch;
        }
    }
}
