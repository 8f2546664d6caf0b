using Cairn.Actors.Members;
using Cairn.Actors.Nodes;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>
/// Carries out what a node has claimed, from the claim to the end of the attempt: has the batch stepped by the node's supervisor, and tells
/// the ledger, in order, what comes of it. Tells its parent one <see cref="LeaseEnded"/>, and <see cref="LeaseRefused"/> before it where
/// the ledger has given the batch to another.
/// </summary>
#pragma warning disable CA1001 // Actors are not disposed of: PostStop disposes of what one owns.
internal sealed class LeasedBatch : ReceiveActor, IWithTimers
#pragma warning restore CA1001
{
    private readonly LeaseOutbox _outbox = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly ClaimedBatch _claimed;
    private readonly LeaseWork _work;
    private readonly IRunObserver _observer;
    private LoadedRun? _attached;
    private RunParts? _running;
    private int _epoch;
    private bool _halts;
    private bool _abandoned;
    private bool _paused;
    private bool _done;

    /// <param name="claimed">What was claimed.</param>
    /// <param name="work">The node.</param>
    public LeasedBatch(ClaimedBatch claimed, LeaseWork work)
    {
        (_claimed, _work) = (claimed, work);
        var self = Self;
        _observer = new Teller(runEvent => self.Tell(new Happened(runEvent), ActorRefs.NoSender));
        Receive<Happened>(happened => OnEvent(happened.Event));
        Receive<Attached>(OnAttached);
        Receive<OnceDone>(OnOnceDone);
        Receive<WorkFailed>(failed => Finish(_abandoned
            ? new AttemptEnd(AttemptOutcome.HandedBack, "its lease became doubtful", 0)
            : new AttemptEnd(AttemptOutcome.Failed, RankFailures.Text(failed.Error), 0)));
        Receive<BatchEnded>(OnBatchEnded);
        Receive<LeaseOrder>(OnOrder);
        Receive<EntrySent>(OnSent);
        Receive<SendingFailed>(OnSendingFailed);
        Receive<SendAgain>(_ => Send());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private BatchKey Key => _claimed.Lease.Batch;

    protected override void PreStart()
    {
        var (claimed, ledger, observer) = (_claimed, _work.Ledger, _observer);
        if (Key.IsOpening)
        {
            Once(LeaseTasks.Open);
        }
        else if (Key.IsClosing)
        {
            Once(run => LeaseTasks.Close(run, claimed, ledger));
        }
        else
        {
            var (taking, work, lost) = (_work.Runs.TakeAsync(claimed), _work, _lost.Token);
            DiskWork.Run(() => Attach(taking.GetAwaiter().GetResult(), observer, work, lost)).PipeTo(
                Self, success: attached => attached, failure: error => new WorkFailed(error));
        }
    }

    protected override void PostStop()
    {
        if (!_done)
        {
            // It failed itself, and nobody is left to tell the ledger what its batch does.
            _lost.Cancel();
            _attached?.Observer.Remove(_observer);
            _work.Runs.Release(Key.RunId);
            if (_running is { } running)
            {
                _work.Node.Tell(new CommandBatches(running, new AbandonBatch()), ActorRefs.NoSender);
            }
        }

        _lost.Dispose();
        base.PostStop();
    }

    private static Attached Attach(LoadedRun run, IRunObserver observer, LeaseWork work, CancellationToken lost)
    {
        var (parts, launcher) = LeaseTasks.Patiently(run.Attach, work, lost);
        run.Observer.Add(observer);
        return new Attached(run, parts, launcher);
    }

    private void Once(Func<LoadedRun, LeaseEntry?> task)
    {
        var (taking, observer, work, lost) = (_work.Runs.TakeAsync(_claimed), _observer, _work, _lost.Token);
        DiskWork.Run(() =>
        {
            var run = taking.GetAwaiter().GetResult();
            run.Observer.Add(observer);
            try
            {
                return new OnceDone(LeaseTasks.Patiently(() => task(run), work, lost));
            }
            finally
            {
                run.Observer.Remove(observer);
            }
        }).PipeTo(Self, success: done => done, failure: error => new WorkFailed(error));
    }

    // -------------------------------------------------------------------------------------------------- what is worked on

    private void OnAttached(Attached attached)
    {
        if (_halts)
        {
            attached.Run.Observer.Remove(_observer);
            Finish(new AttemptEnd(AttemptOutcome.HandedBack, null, 0));
            return;
        }

        var lease = new LedgerLease(_work.Ledger, _claimed, _work.Time, _lost.Token);
        _attached = attached.Run;
        // A copy of its own, by which commands find this batch and no other of the run.
        _running = attached.Parts with { Lease = lease, Observer = _observer };
        _work.Node.Tell(new RunBatches(_running, [new MemberRange(Key.First, _claimed.Last)], attached.Launcher));
        if (_paused)
        {
            _work.Node.Tell(new CommandBatches(_running, new PauseBatch()));
        }
    }

    private void OnEvent(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case BatchStarted started:
                _epoch = started.Epoch;
                break;
            case SessionCommitted made:
                Queue(new LeaseEntry.Session(new SessionRecord(made.Session, _epoch, made.LeadTime)));
                return;
        }

        if (LeaseTasks.Describe(runEvent) is { } record)
        {
            Queue(new LeaseEntry.Events([record]));
        }
    }

    private void OnOnceDone(OnceDone done)
    {
        if (done.Entry is { } entry)
        {
            _outbox.Add(entry);
        }

        Finish(new AttemptEnd(AttemptOutcome.Completed, null, 0));
    }

    private void OnBatchEnded(BatchEnded ended)
    {
        _attached?.Observer.Remove(_observer);
        Finish(ended switch
        {
            { Completed: true } => new AttemptEnd(AttemptOutcome.Completed, null, ended.Steps),
            { Error: { } error } when !_abandoned => new AttemptEnd(AttemptOutcome.Failed, RankFailures.Text(error), ended.Steps),
            _ => new AttemptEnd(AttemptOutcome.HandedBack, _abandoned ? "its lease became doubtful" : null, ended.Steps),
        });
    }

    private void OnOrder(LeaseOrder order)
    {
        // One that has ended is gone from the ledger, or will be: that its lease is no longer renewed is nobody's news.
        if (!_outbox.HasEnd && LeaseTasks.Telling(order.Action) is { } telling)
        {
            _work.Say($"{Key} {telling}");
        }

        object command;
        switch (order.Action)
        {
            case LeaseAction.Pause:
                (_paused, command) = (true, new PauseBatch());
                break;
            case LeaseAction.Resume:
                (_paused, command) = (false, new ResumeBatch());
                break;
            case LeaseAction.Halt:
                (_halts, command) = (true, new HaltBatch());
                break;
            default:
                (_halts, _abandoned, command) = (true, true, new AbandonBatch());
                _lost.Cancel();
                break;
        }

        if (_running is { } running)
        {
            _work.Node.Tell(new CommandBatches(running, command));
        }
    }

    // --------------------------------------------------------------------------------------------------- what the ledger hears

    private void Queue(LeaseEntry entry)
    {
        _outbox.Add(entry);
        Send();
    }

    private void Finish(AttemptEnd end)
    {
        _outbox.End(end);
        Send();
    }

    private void Send()
    {
        if (_done || _outbox.Next() is not { } entry)
        {
            return;
        }

        LeaseTasks.SendAsync(_work.Ledger, _claimed.Lease, entry).PipeTo(
            Self, success: () => new EntrySent(entry), failure: error => new SendingFailed(entry, error));
    }

    private void OnSent(EntrySent sent)
    {
        _outbox.Sent(sent.Entry);
        if (sent.Entry is LeaseEntry.Ended ended)
        {
            _work.Say($"{LeaseTasks.Telling(ended.End)} {Key}" + (ended.End.Cause is { } cause ? $": {cause}" : ""));
            Leave();
        }
        else
        {
            Send();
        }
    }

    private void OnSendingFailed(SendingFailed failed)
    {
        _outbox.Failed();
        if (failed.Error is TransientException && _abandoned && _outbox.HasEnd)
        {
            // Nobody would be helped by waiting: the lease runs out, or has, and what was to be told is on disk.
            Leave();
            return;
        }

        if (failed.Error is TransientException)
        {
            Timers.StartSingleTimer("send", new SendAgain(), LedgerPauses.After(_outbox.Failures));
            return;
        }

        _work.Say($"{Key}: {(failed.Error is FencedException ? "another node has it now" : RankFailures.Text(failed.Error))}");
        _outbox.Clear();
        Context.Parent.Tell(new LeaseRefused(_claimed.Lease));
        if (failed.Entry is LeaseEntry.Ended)
        {
            Leave();
        }
        else
        {
            // An attempt that has ended meanwhile has only that left to say.
            Send();
        }
    }

    private void Leave()
    {
        _done = true;
        _work.Runs.Release(Key.RunId);
        Context.Parent.Tell(new LeaseEnded(_claimed.Lease));
    }

    private sealed class Teller(Action<RunEvent> tell) : IRunObserver
    {
        public void On(RunEvent runEvent)
        {
            // Too often to be a message each, and nobody's news.
            if (runEvent is not BoundaryReached)
            {
                tell(runEvent);
            }
        }
    }

    private sealed record Happened(RunEvent Event);

    private sealed record Attached(LoadedRun Run, RunParts Parts, IGangLauncher Launcher);

    private sealed record OnceDone(LeaseEntry? Entry);

    private sealed record WorkFailed(Exception Error);

    private sealed record EntrySent(LeaseEntry Entry);

    private sealed record SendingFailed(LeaseEntry Entry, Exception Error);

    private sealed record SendAgain;
}
