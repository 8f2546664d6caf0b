using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Cairn.Actors.Checkpointing;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Catalog;

namespace Cairn.Actors.Ranks;

/// <summary>
/// Connects a rank's thread with the coordinator: keeps orders until the thread is at a boundary, and reports what happens there. Orders
/// arrive from any thread; the rest is called by the threads that step and commit.
/// </summary>
internal sealed class RankControl : IRankControl
{
    // A monitor: the rank's thread waits on it.
    private readonly object _gate = new();
    private readonly Action<RankReport> _report;
    private readonly int _rank;
    private readonly int _epoch;
    private readonly CancellationToken _over;
    private readonly SortedSet<int> _commits = [];
    private volatile int _permit;
    private volatile int _halt = int.MaxValue;
    private volatile bool _commitNext;
    private int _orders;
    private int _committingAt = -1;
    private long _committingSince;
    private int _attempts;
    private int _reportedAttempts;
    private int _decided;
    private int _session = -1;
    private int _failures;
    private ExceptionDispatchInfo? _fatal;

    /// <param name="over">Is cancelled when the gang is over.</param>
    public RankControl(GangStart start, int rank, int worldSize, Action<RankReport> report, CancellationToken over)
    {
        (_rank, _epoch, _report, _over) = (rank, start.Epoch, report, over);
        (Boundary, _permit) = (start.Boundary, new BoundaryPermits(worldSize, start.Boundary).Permit);
        if (start.Session is not null)
            _session = start.Boundary;

        _ = over.UnsafeRegister(static it => ((RankControl)it!).Wake(), this);
    }

    /// <summary>The newest boundary that was reached; -1 before lead time zero.</summary>
    public int Boundary { get; private set; }

    public void Take(RankOrder order)
    {
        lock (_gate)
        {
            _orders++;
            switch (order)
            {
                case RankOrder.Permit permit:
                    _permit = permit.UpTo;
                    break;
                case RankOrder.Halt halt:
                    _halt = halt.Boundary;
                    break;
                case RankOrder.Commit { Boundary: < 0 }:
                    _commitNext = true;
                    break;
                case RankOrder.Commit commit:
                    _commits.Add(commit.Boundary);
                    break;
                case RankOrder.Verdict verdict:
                    (_decided, _session) = (Math.Max(_decided, verdict.Attempt), Math.Max(_session, verdict.Boundary));
                    break;
            }

            Monitor.PulseAll(_gate);
        }
    }

    public bool MayStep(int boundary)
    {
        // Normally the permit is ahead, and the rank does not wait.
        if (boundary >= _permit && boundary < _halt)
            WaitUntil(() => boundary < _permit || boundary >= _halt, boundary);

        _over.ThrowIfCancellationRequested();
        return boundary < _halt;
    }

    public bool CommitsAt(int boundary)
    {
        // A fenced rank that comes back from a hang must not write fields.
        _over.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var next = _commitNext;
            _commitNext = false;
            return _commits.Remove(boundary) || next;
        }
    }

    public void Committing(int boundary)
    {
        _attempts++;
        _committingAt = boundary;
        Volatile.Write(ref _committingSince, Stopwatch.GetTimestamp());
    }

    public int? AwaitDecision()
    {
        // A verdict may arrive early, if another rank has failed: this rank's write must end first, or it would count as a later attempt.
        WaitUntil(
            () => (_decided >= _attempts && _reportedAttempts >= _attempts) || _fatal is not null, Boundary,
            forOthers: () => _reportedAttempts >= _attempts);
        _fatal?.Throw();
        lock (_gate)
        {
            return _session;
        }
    }

    public void Reached(int boundary, TimeSpan leadTime, long steps)
    {
        Boundary = boundary;
        _report(new RankReport.Reached(_rank, boundary, steps));
    }

    public bool CanGoOnAfter(TransientException failure)
    {
        // Only failures that were reported: any other exception ends the rank.
        lock (_gate)
        {
            return _failures > 0 && _failures-- > 0;
        }
    }

    public void Staged(CheckpointRow row)
    {
        _report(new RankReport.Staged(new RankCommit(_rank, _epoch, _attempts, _committingAt, row.CommitId))
        {
            Took = Stopwatch.GetElapsedTime(Volatile.Read(ref _committingSince)),
        });
        AttemptReported();
    }

    public void StagingFailed(Exception failure)
    {
        if (failure is not TransientException)
        {
            // Fenced, or data that cannot be stored: no verdict follows, and the rank fails.
            _fatal = ExceptionDispatchInfo.Capture(failure);
            Wake();
            return;
        }

        lock (_gate)
        {
            _failures++;
        }

        _report(new RankReport.StagingFailed(_rank, _attempts, _committingAt, failure.Message));
        AttemptReported();
    }

    public void Verified(int boundary, bool isExact, double difference) =>
        _report(new RankReport.Verified(_rank, boundary, isExact, difference));

    public void Warn(string text) => _report(new RankReport.Warned(_rank, text));

    /// <summary>
    /// Waits for a condition, and reports that, again after each order that does not end the wait; while <paramref name="forOthers"/> is
    /// false it waits for its own commit, and reports nothing.
    /// </summary>
    private void WaitUntil(Func<bool> holds, int boundary, Func<bool>? forOthers = null)
    {
        lock (_gate)
        {
            while (!holds() && !_over.IsCancellationRequested)
            {
                if (forOthers?.Invoke() ?? true)
                    _report(new RankReport.Waiting(_rank, boundary, _orders));

                Monitor.Wait(_gate);
            }
        }

        _over.ThrowIfCancellationRequested();
    }

    private void AttemptReported()
    {
        lock (_gate)
        {
            _reportedAttempts = _attempts;
            Monitor.PulseAll(_gate);
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
