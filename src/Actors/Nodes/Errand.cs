using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Nodes;

/// <summary>What a <see cref="Errand"/> is made with.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Batch">What was granted.</param>
/// <param name="Epoch">The epoch of the grant.</param>
/// <param name="Registry">Passes reports on to the run's keeper.</param>
/// <param name="Work">
/// Does it, on a thread that may wait: receives an observer, a cancellation and the number of the last report, which it returns.
/// </param>
internal sealed record ErrandSetup(
    string RunId, MemberRange Batch, int Epoch, IActorRef Registry, Func<IRunObserver, CancellationToken, Func<long, object>> Work);

/// <summary>
/// Carries out a grant that is done in one go, on this machine: the opening or the closing of a run, or no more than a last word on a batch
/// that cannot be stepped here. Reports until the keeper knows, then tells its parent one <see cref="ErrandEnded"/>.
/// </summary>
#pragma warning disable CA1001 // Actors are not disposed of: PostStop disposes of what one owns.
internal sealed class Errand : ReceiveActor, IWithTimers
#pragma warning restore CA1001
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);
    private readonly SortedDictionary<long, object> _open = [];
    private readonly CancellationTokenSource _lost = new();
    private readonly ErrandSetup _setup;
    private long _number;
    private bool _isDone;
    private bool _isWithdrawn;

    public Errand(ErrandSetup setup)
    {
        _setup = setup;
        Receive<Happened>(happened => Report(n => new BatchReport(
            setup.RunId, setup.Batch, setup.Epoch, n, happened.Event with { Batch = null })));
        Receive<Done>(OnDone);
        Receive<Failed>(OnFailed);
        Receive<HaltBatch>(_ => _lost.Cancel());
        Receive<AbandonBatch>(_ => _lost.Cancel());
        Receive<ReportAcknowledged>(OnAcknowledged, m => m.GrantEpoch == setup.Epoch && m.Batch == setup.Batch);
        Receive<GrantWithdrawn>(OnWithdrawn, m => m.GrantEpoch == setup.Epoch && m.Batch == setup.Batch);
        Receive<SendAgain>(_ => Send());
        ReceiveAny(static _ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="setup">What it is made with.</param>
    public static Props Props(ErrandSetup setup) => Akka.Actor.Props.Create(() => new Errand(setup));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("again", new SendAgain(), AskAgain);
        var (self, work, lost) = (Self, _setup.Work, _lost.Token);
        var observer = new Teller(happened => self.Tell(new Happened(happened), ActorRefs.NoSender));
        OwnThread.Run(() => work(observer, lost)).PipeTo(
            Self, success: last => new Done(last), failure: error => new Failed(error));
    }

    protected override void PostStop()
    {
        _lost.Cancel();
        _lost.Dispose();
        base.PostStop();
    }

    private void OnDone(Done done)
    {
        _isDone = true;
        Report(done.Last);
        LeaveWhenKnown();
    }

    private void OnFailed(Failed failed)
    {
        var (id, batch, epoch) = (_setup.RunId, _setup.Batch, _setup.Epoch);
        OnDone(new Done(failed.Error switch
        {
            OperationCanceledException => n => new BatchReport(id, batch, epoch, n, new BatchStopped(-1, TimeSpan.Zero, 0)),
            _ when batch == RunWork.Opening => n =>
                new OpeningRefused(id, epoch, n, Refusals.KindOf(failed.Error), RankFailures.Text(failed.Error)),
            _ => n => new BatchReport(id, batch, epoch, n, new BatchFailed(RankFailures.Text(failed.Error))),
        }));
    }

    private void Report(Func<long, object> report)
    {
        _number++;
        _open.Add(_number, report(_number));
        _setup.Registry.Tell(_open[_number]);
    }

    private void Send()
    {
        foreach (var report in _open.Values)
        {
            _setup.Registry.Tell(report);
        }
    }

    private void OnAcknowledged(ReportAcknowledged acknowledged)
    {
        foreach (var number in _open.Keys.TakeWhile(n => n <= acknowledged.Number).ToList())
        {
            _open.Remove(number);
        }

        LeaveWhenKnown();
    }

    private void OnWithdrawn(GrantWithdrawn withdrawn)
    {
        _isWithdrawn = true;
        _lost.Cancel();
        LeaveWhenKnown();
    }

    private void LeaveWhenKnown()
    {
        if (_isDone && (_isWithdrawn || _open.Count == 0))
        {
            Context.Parent.Tell(new ErrandEnded());
            Become(static () => { });
        }
    }

    private sealed class Teller(Action<RunEvent> tell) : IRunObserver
    {
        public void On(RunEvent runEvent)
        {
            // Which batches a run has, and which have ended, is in its journal already, or in the last report.
            if (runEvent is not (RunStarted or BoundaryReached or BatchCompleted))
            {
                tell(runEvent);
            }
        }
    }

    private sealed record Happened(RunEvent Event) : INoSerializationVerificationNeeded;

    private sealed record Done(Func<long, object> Last) : INoSerializationVerificationNeeded;

    private sealed record Failed(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record SendAgain : INoSerializationVerificationNeeded;
}

/// <summary>An errand is done and its keeper knows, or has withdrawn the grant.</summary>
internal sealed record ErrandEnded : INoSerializationVerificationNeeded;
