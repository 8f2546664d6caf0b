using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Cairn.Actors.Checkpointing;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Catalog;

namespace Cairn.Actors.Ranks;

/// <summary>
/// The rank's end of its line to the coordinator: keeps what the rank was ordered until its thread comes to a boundary, and reports what
/// happens there. Orders arrive from any thread; the rest is called by the threads that step and that commit.
/// </summary>
internal sealed class RankControl : IRankControl
{
    // A monitor, since the rank's thread sleeps on it until something changes.
    private readonly object _gate = new();
    private readonly BoundarySchedule _schedule;
    private readonly Action<RankReport> _report;
    private readonly int _rank;
    private readonly int _epoch;
    private readonly CancellationToken _over;
    private readonly SortedSet<int> _commits = [];
    private volatile int _permit;
    private volatile int _halt = int.MaxValue;
    private volatile bool _commitNext;
    private int _orders;
    private long _committingSince;
    private int _attempts;
    private int _told;
    private int _decided;
    private int _session = -1;
    private int _failures;
    private ExceptionDispatchInfo? _fatal;

    /// <param name="schedule">The boundaries.</param>
    /// <param name="start">What the gang was started with.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="worldSize">Ranks of the gang.</param>
    /// <param name="report">Is told what the rank reports.</param>
    /// <param name="over">Is cancelled when the gang is over.</param>
    public RankControl(
        BoundarySchedule schedule, GangStart start, int rank, int worldSize, Action<RankReport> report, CancellationToken over)
    {
        (_schedule, _rank, _epoch, _report, _over) = (schedule, rank, start.Epoch, report, over);
        (Boundary, _permit) = (start.Boundary, new BoundaryPermits(worldSize, start.Boundary).Permit);
        if (start.Session is not null)
        {
            _session = start.Boundary;
        }

        _ = over.UnsafeRegister(static it => ((RankControl)it!).Wake(), this);
    }

    /// <summary>The newest boundary that was reached, before the gang or in it; -1 before lead time zero.</summary>
    public int Boundary { get; private set; }

    /// <summary>The boundary of the commit in flight, for its report.</summary>
    private int CommittingAt { get; set; } = -1;

    /// <summary>Takes an order.</summary>
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
        // Normally the permit is ahead, and this is all that happens at a boundary.
        if (boundary >= _permit && boundary < _halt)
        {
            WaitUntil(() => boundary < _permit || boundary >= _halt, boundary);
        }

        _over.ThrowIfCancellationRequested();
        return boundary < _halt;
    }

    public bool CommitsAt(int boundary)
    {
        // A rank that hung in a step and was left behind writes no fields any more.
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
        CommittingAt = boundary;
        Volatile.Write(ref _committingSince, Stopwatch.GetTimestamp());
    }

    public int? AwaitVerdict()
    {
        // A verdict may come early, when another rank has failed: what this one still writes must not be taken for a later attempt.
        WaitUntil(
            () => (_decided >= _attempts && _told >= _attempts) || _fatal is not null, Boundary, forOthers: () => _told >= _attempts);
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
        // Only what was told already: whatever else a call throws is the rank's own end.
        lock (_gate)
        {
            return _failures > 0 && _failures-- > 0;
        }
    }

    public void Staged(CheckpointRow row)
    {
        _report(new RankReport.Staged(new RankCommit(_rank, _epoch, _attempts, CommittingAt, row.CommitId))
        {
            Took = Stopwatch.GetElapsedTime(Volatile.Read(ref _committingSince)),
        });
        HaveTold();
    }

    public void StagingFailed(Exception failure)
    {
        if (failure is not TransientException)
        {
            // Fenced, or data that can never be stored: there will be no decision about it, and the rank ends with it.
            _fatal = ExceptionDispatchInfo.Capture(failure);
            Wake();
            return;
        }

        lock (_gate)
        {
            _failures++;
        }

        _report(new RankReport.StagingFailed(_rank, _attempts, CommittingAt, failure.Message));
        HaveTold();
    }

    public void Verified(int boundary, bool isExact, double difference) =>
        _report(new RankReport.Verified(_rank, boundary, isExact, difference));

    public void Warn(string text) => _report(new RankReport.Warned(_rank, text));

    /// <summary>
    /// Sleeps until something holds; tells the gang that it waits for others, and again after each order that does not end it.
    /// </summary>
    /// <param name="holds">What it waits for.</param>
    /// <param name="boundary">Where it waits.</param>
    /// <param name="forOthers">Whether it is others that it waits for; its own commit has to end in time. Null for always.</param>
    private void WaitUntil(Func<bool> holds, int boundary, Func<bool>? forOthers = null)
    {
        lock (_gate)
        {
            while (!holds() && !_over.IsCancellationRequested)
            {
                if (forOthers?.Invoke() ?? true)
                {
                    _report(new RankReport.Waiting(_rank, boundary, _orders));
                }

                Monitor.Wait(_gate);
            }
        }

        _over.ThrowIfCancellationRequested();
    }

    /// <summary>What this rank had to do for its commit is done, well or badly.</summary>
    private void HaveTold()
    {
        lock (_gate)
        {
            _told = _attempts;
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
