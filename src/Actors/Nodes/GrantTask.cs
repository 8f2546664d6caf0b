using Cairn.Actors.Members;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Nodes;

/// <param name="Grant">What was granted.</param>
/// <param name="Registry">Forwards reports to the run's keeper.</param>
/// <param name="Work">Runs on a thread that may wait, and returns the last report, given its number.</param>
internal sealed record GrantTaskSetup(
    IGrant Grant, IActorRef Registry, Func<IRunObserver, CancellationToken, Func<long, IGrantReport>> Work);

/// <summary>A task is done and its keeper knows, or has withdrawn the grant.</summary>
internal sealed record GrantTaskEnded : INoSerializationVerificationNeeded;

/// <summary>
/// Carries out a grant that needs no ranks: the opening or closing of a run, or the final report on a batch that cannot be stepped here.
/// Resends its reports until they are acknowledged, then sends its parent one <see cref="GrantTaskEnded"/>.
/// </summary>
internal sealed class GrantTask : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromSeconds(2);
    private readonly ReportOutbox _reports = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly GrantTaskSetup _setup;
    private bool _isDone;
    private bool _isWithdrawn;

    public GrantTask(GrantTaskSetup setup)
    {
        _setup = setup;
        var grant = setup.Grant;
        Receive<Happened>(happened => Report(number => new BatchReport(
            grant.RunId, grant.Batch, grant.Epoch, number, happened.Event with { Batch = null })));
        Receive<Done>(OnDone);
        Receive<Failed>(failed => OnDone(new Done(FailureReport(failed.Error))));
        Receive<HaltBatch>(_ => _cancel.Cancel());
        Receive<AbandonBatch>(_ => _cancel.Cancel());
        Receive<ReportAcknowledged>(OnAcknowledged, m => m.GrantEpoch == grant.Epoch && m.Batch == grant.Batch);
        Receive<GrantWithdrawn>(OnWithdrawn, m => m.GrantEpoch == grant.Epoch && m.Batch == grant.Batch);
        Receive<Resend>(_ => _reports.SendTo(setup.Registry));
        ReceiveAny(static _ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(GrantTaskSetup setup) => Akka.Actor.Props.Create(() => new GrantTask(setup));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("resend", new Resend(), ResendInterval);
        var (self, work, cancel) = (Self, _setup.Work, _cancel.Token);
        var observer = new EventForwarder(happened => self.Tell(new Happened(happened), ActorRefs.NoSender));
        OwnThread.Run(() => work(observer, cancel)).PipeTo(
            Self, success: last => new Done(last), failure: error => new Failed(error));
    }

    protected override void PostStop()
    {
        _cancel.Cancel();
        _cancel.Dispose();
        base.PostStop();
    }

    private void OnDone(Done done)
    {
        _isDone = true;
        Report(done.Last);
        LeaveIfDone();
    }

    private Func<long, IGrantReport> FailureReport(Exception error)
    {
        var (run, batch, epoch) = (_setup.Grant.RunId, _setup.Grant.Batch, _setup.Grant.Epoch);
        return error switch
        {
            OperationCanceledException => number => new BatchReport(run, batch, epoch, number, new BatchStopped(-1, TimeSpan.Zero, 0)),
            _ when batch == RunWork.Opening => number =>
                new OpeningRefused(run, epoch, number, RefusalErrors.KindOf(error), GangFailure.Text(error)),
            _ => number => new BatchReport(run, batch, epoch, number, new BatchFailed(GangFailure.Text(error))),
        };
    }

    private void Report(Func<long, IGrantReport> report) => _setup.Registry.Tell(_reports.Add(report));

    private void OnAcknowledged(ReportAcknowledged acknowledged)
    {
        _reports.Acknowledged(acknowledged.Number);
        LeaveIfDone();
    }

    private void OnWithdrawn(GrantWithdrawn withdrawn)
    {
        _isWithdrawn = true;
        _cancel.Cancel();
        LeaveIfDone();
    }

    private void LeaveIfDone()
    {
        if (_isDone && (_isWithdrawn || _reports.IsEmpty))
        {
            Context.Parent.Tell(new GrantTaskEnded());
            Become(static () => { });
        }
    }

    /// <summary>Which batches a run has, and which have ended, is in its journal already or in the last report.</summary>
    private sealed class EventForwarder(Action<RunEvent> forward) : IRunObserver
    {
        public void On(RunEvent runEvent)
        {
            if (runEvent is not (RunStarted or BoundaryReached or BatchCompleted))
                forward(runEvent);
        }
    }

    private sealed record Happened(RunEvent Event) : INoSerializationVerificationNeeded;

    private sealed record Done(Func<long, IGrantReport> Last) : INoSerializationVerificationNeeded;

    private sealed record Failed(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record Resend : INoSerializationVerificationNeeded;
}

/// <summary>Does a grant's work, on threads that may wait for a disk or for another process.</summary>
/// <param name="isPatient">Whether transient errors and fencing are retried: see <see cref="NodeRuns.IsPatient"/>.</param>
/// <param name="say">Tells the node's user a line about a grant.</param>
internal sealed class GrantWork(bool isPatient, Action<string, IGrant> say)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(5);

    public Func<long, IGrantReport> Open(
        OpeningGrant grant, Task<INodeRun> loading, IRunObserver observer, CancellationToken cancel) => Do(
        grant, loading, observer, run =>
        {
            var batches = run.Open();
            return batches.Count <= RunWork.MaxBatches
                ? number => new OpeningReport(grant.RunId, grant.Epoch, number, batches)
                : throw new SpecException(
                    $"the run has {batches.Count} batches; it can have {RunWork.MaxBatches}. Use a larger ensemble.batch-size.");
        }, cancel);

    public Func<long, IGrantReport> Close(
        ClosingGrant grant, Task<INodeRun> loading, IRunObserver observer, CancellationToken cancel) => Do(
        grant, loading, observer, run =>
        {
            run.Close(grant);
            return number => new ClosingReport(grant.RunId, grant.Epoch, number);
        }, cancel);

    /// <summary>Retries with a backoff what may have to wait for a disk, or for another process that has the run's folder.</summary>
    public T Retry<T>(IGrant grant, Func<T> work, CancellationToken cancel)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return work();
            }
            catch (CairnException e) when (isPatient && e is TransientException or FencedException && !cancel.IsCancellationRequested)
            {
                if (failures == 1)
                    say($"waits: {e.Message}", grant);

                cancel.WaitHandle.WaitOne(ExponentialBackoff.Delay(failures, FirstPause, LongestPause));
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    private Func<long, IGrantReport> Do(
        IGrant grant, Task<INodeRun> loading, IRunObserver observer, Func<INodeRun, Func<long, IGrantReport>> work,
        CancellationToken cancel)
    {
        var run = loading.GetAwaiter().GetResult();
        run.Observer.Add(observer);
        try
        {
            return Retry(grant, () => work(run), cancel);
        }
        finally
        {
            run.Observer.Remove(observer);
        }
    }
}
