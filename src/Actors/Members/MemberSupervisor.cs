using Cairn.Actors.Checkpointing;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Members;

/// <summary>
/// Supervises one granted batch from where it stands to its end: begins the epochs that its keeper grants, starts gangs, carries out what
/// <see cref="RestartPolicy"/> decides when one fails, and reports. Tells its parent one <see cref="BatchEnded"/>.
/// </summary>
/// <remarks>
/// A gang's life, a behaviour each: looking (where may it restart?), awaiting an epoch, beginning it, assembling its ranks, running,
/// stopping, pausing before the next; then the last report is waited for.
/// </remarks>
internal sealed partial class MemberSupervisor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromMilliseconds(500);
    private readonly Grant _grant;
    private readonly RunContext _run;
    private readonly MemberRange _batch;
    private readonly IActorRef _ranks;
    private readonly IActorRef _registry;
    private readonly BatchRestart _restart;
    private readonly RestartPolicy _policy;
    private readonly ReportOutbox _reports;
    private readonly BatchTrace _trace;
    private readonly CancellationTokenSource _lost = new();
    private readonly SortedDictionary<int, IActorRef> _workers = [];
    private readonly Dictionary<int, long> _ended = [];
    private int _epoch;
    private Beginning? _beginning;
    private GangStart? _start;
    private IActorRef _coordinator = ActorRefs.Nobody;
    private GangFailure? _failure;
    private BatchMembers _members = BatchMembers.All;
    private long _steps;
    private long _gangSteps;
    private int _newest = -1;
    private int _reached = -1;
    private long _progressAt;
    private bool _halts;
    private bool _paused;
    private bool _abandoned;
    private bool _withdrawn;
    private bool _isEnding;

    public MemberSupervisor(MemberSupervisorSetup setup)
    {
        (_grant, _run, _ranks, _registry) = (setup.Grant, setup.Run, setup.Ranks, setup.Registry);
        (_batch, _epoch, _paused) = (_grant.Batch, _grant.Epoch, _grant.Paused);
        _restart = new BatchRestart(_run, _batch, _grant.Reported is { } r ? (r.Session, r.LeadTime) : null);
        _policy = new RestartPolicy(RestartSettings.Of(_run.Spec.Supervision), Seed(_run, _batch)) { NameOf = _batch.NameOf };
        _reports = new ReportOutbox(_grant);
        _trace = new BatchTrace(_grant, _run.Options.Time);
        Looking();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private int WorldSize => _run.Spec.Ranks.Count;

    /// <param name="setup">What it is made with.</param>
    public static Props Props(MemberSupervisorSetup setup) => Akka.Actor.Props.Create(() => new MemberSupervisor(setup));

    protected override void PreStart()
    {
        Context.Watch(_ranks);
        Timers.StartPeriodicTimer("reports", new ReportAgain(), AskAgain);
        Look(new Beginning(null), () => _restart.Members());
    }

    /// <summary>Nothing watches over the ranks any more: they end, too.</summary>
    protected override void PostStop()
    {
        _lost.Cancel();
        _lost.Dispose();
        EndGang(isDone: false);
        _trace.Ended(null);
        base.PostStop();
    }

    /// <summary>A coordinator that failed has forgotten where its gang stands, and the gang goes with it.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        Self.Tell(new CoordinatorFailed(Sender, $"an actor of the gang failed: {error.Message}"));
        return Directive.Stop;
    });

    // ------------------------------------------------------------------------------------------------ what holds at any time

    /// <summary>Commands between two gangs, and what a gang that has ended still had to say.</summary>
    private void BetweenGangs(Action halt)
    {
        Receive<HaltBatch>(_ => halt());
        Receive<AbandonBatch>(_ =>
        {
            _abandoned = true;
            halt();
        });
        Receive<GrantWithdrawn>(
            withdrawn =>
            {
                OnWithdrawn(withdrawn);
                halt();
            },
            IsOfGrant);
        Receive<PauseBatch>(_ => _paused = true);
        Receive<ResumeBatch>(_ => _paused = false);
        Receive<Terminated>(_ => Decide(new GangFailure(FailureKind.Permanent, PlaceIsGone)));
        Reporting();
        ReceiveAny(static _ => { });
    }

    private void Reporting()
    {
        Receive<ReportAcknowledged>(ack => _reports.Acknowledged(ack.Number), ack => ack.GrantEpoch == _grant.Epoch && ack.Batch == _batch);
        Receive<ReportAgain>(_ => SendAgain());
    }

    private void SendAgain()
    {
        foreach (var report in _reports.Open)
        {
            _registry.Tell(report);
        }
    }

    private bool IsOfGrant(GrantWithdrawn withdrawn) => withdrawn.GrantEpoch == _grant.Epoch && withdrawn.Batch == _batch;

    private void OnWithdrawn(GrantWithdrawn withdrawn)
    {
        (_halts, _abandoned, _withdrawn) = (true, true, true);
        _lost.Cancel();
        _run.Observer.On(new RunWarning($"this node no longer steps the batch: {withdrawn.Reason}") { Batch = _batch });
    }

    // ---------------------------------------------------------------------------------------------------- between two gangs

    /// <summary>Finds out where the batch stands, on a thread that may wait for the disk.</summary>
    private void Look(Beginning beginning, Func<BatchMembers> members)
    {
        var (restart, lost) = (_restart, _lost.Token);
        Become(Looking);
        OwnThread.Run(() =>
        {
            var known = members();
            return new Looked(beginning, known, restart.Look(known, beginning.Before, lost));
        }).PipeTo(Self, success: looked => looked, failure: error => new BeginFailed(error));
    }

    private void Looking()
    {
        Receive<Looked>(OnLooked);
        Receive<BeginFailed>(failed => Decide(RankFailures.Of(failed.Error)));
        BetweenGangs(halt: () => _halts = true);
    }

    private void OnLooked(Looked looked)
    {
        _members = looked.Members;
        _beginning = looked.Beginning with { Point = looked.Point };
        if (looked.Point.IsDone)
        {
            // A process killed between its last commit and this mark left it behind.
            _run.Store.SetCommitted(_members.Active(_batch), _run.Schedule.LeadTime(_run.Schedule.Last));
            End(new BatchCompleted(_steps), completed: true);
        }
        else if (_halts)
        {
            _newest = looked.Point.Boundary;
            Stopped();
        }
        else if (_epoch > looked.Point.HighestEpoch)
        {
            Begin(_epoch);
        }
        else
        {
            Become(AwaitingEpoch);
            AskForEpoch();
        }
    }

    private void AwaitingEpoch()
    {
        Receive<EpochGranted>(granted => Begin(granted.Epoch), granted => granted.Batch == _batch && granted.Epoch > HighestKnown);
        Receive<EpochIsLate>(_ => AskForEpoch());
        BetweenGangs(halt: Stopped);
    }

    private int HighestKnown => Math.Max(_beginning!.Point!.HighestEpoch, _start?.Epoch ?? 0);

    private void AskForEpoch()
    {
        _registry.Tell(new RequestEpoch(_grant.RunId, _batch, _grant.Epoch, HighestKnown));
        Timers.StartSingleTimer("epoch", new EpochIsLate(), AskAgain);
    }

    private void Begin(int epoch)
    {
        Timers.Cancel("epoch");
        var (restart, members, beginning) = (_restart, _members, _beginning!);
        // Good for one gang.
        _epoch = 0;
        Become(BeginningEpoch);
        OwnThread.Run(() =>
        {
            var start = restart.Begin(beginning.Point!, members, epoch);
            beginning.Then?.Invoke();
            return new Begun(start);
        }).PipeTo(Self, success: begun => begun, failure: error => new BeginFailed(error));
    }

    private void BeginningEpoch()
    {
        Receive<Begun>(begun => OnBegun(begun.Start));
        Receive<BeginFailed>(failed => Decide(RankFailures.Of(failed.Error)));
        BetweenGangs(halt: () => _halts = true);
    }

    private void OnBegun(GangStart start)
    {
        (_start, _newest, _reached) = (start, start.Boundary, start.Boundary);
        if (_halts)
        {
            Stopped();
            return;
        }

        _policy.Committed(start.Boundary);
        var started = BatchStarted.Of(start, _run);
        _trace.Began(started);
        Tell(started);
        if (start.Plan is { } plan)
        {
            _run.Store.SetCommitted(_members.Active(_batch), _run.Schedule.LeadTime(plan.Boundary));
        }

        var place = new GangPlace(_batch, WorldSize, start.Epoch, start.Boundary, start.Session is not null);
        var flush = _run.Spec.Checkpoint.AutoFlush && WorldSize > 1 ? Flush(start) : null;
        _coordinator = Context.ActorOf(
            CheckpointCoordinator.Props(
                Self, place, new SessionWriter(_run, start, WorldSize), _run.Spec.Supervision, flush, _run.Options.Time),
            $"coordinator-{start.Epoch}");
        if (_paused)
        {
            _coordinator.Tell(new PauseGang());
        }

        Become(Running);
        _ranks.Tell(new StartGang(start, _coordinator) { Hosts = _grant.Hosts });
    }

    private GangFlush Flush(GangStart start) => new(new BatchFolders(_run, static _ => { }).AutoFlush(_batch), start.Boundary);

    private void Pausing()
    {
        Receive<RestartDue>(due => Look(due.Beginning, () => _members));
        BetweenGangs(halt: Stopped);
    }

    // ------------------------------------------------------------------------------------------------------------- its end

    /// <summary>Halted while no gang was there: its sessions are as it left them.</summary>
    private void Stopped() => End(new BatchStopped(_newest, LeadTime(_newest), _steps), completed: false);

    private void End(RunEvent last, bool completed)
    {
        Tell(last);
        Ended(new BatchEnded(_batch, _steps, completed, null));
    }

    /// <summary>The batch is over when its keeper knows and its ranks are gone.</summary>
    private void Ended(BatchEnded ended)
    {
        _trace.Ended(ended);
        Become(() =>
        {
            Receive<ReportAcknowledged>(
                ack =>
                {
                    _reports.Acknowledged(ack.Number);
                    LeaveWhenKnown(ended);
                },
                ack => ack.GrantEpoch == _grant.Epoch && ack.Batch == _batch);
            Receive<ReportAgain>(_ => SendAgain());
            Receive<GangGone>(_ => LeaveWhenGone(ended));
            Receive<Terminated>(_ => LeaveWhenGone(ended));
            Receive<GrantWithdrawn>(
                withdrawn =>
                {
                    OnWithdrawn(withdrawn);
                    LeaveWhenKnown(ended);
                },
                IsOfGrant);
            ReceiveAny(static _ => { });
        });
        LeaveWhenKnown(ended);
    }

    private void LeaveWhenGone(BatchEnded ended)
    {
        _isEnding = false;
        LeaveWhenKnown(ended);
    }

    private void LeaveWhenKnown(BatchEnded ended)
    {
        if ((_withdrawn || _reports.Open.Count == 0) && !_isEnding)
        {
            // The node releases the place of the ranks with the last of its batches.
            Context.Unwatch(_ranks);
            Context.Parent.Tell(ended);
            Become(static () => { });
        }
    }

    private TimeSpan LeadTime(int boundary) => _run.Schedule.LeadTime(Math.Max(0, boundary));

    private void Tell(RunEvent runEvent)
    {
        var told = runEvent with { Batch = _batch, GangEpoch = _start?.Epoch ?? _grant.Epoch };
        if (!_withdrawn)
        {
            Report(told);
        }

        _run.Observer.On(told);
    }

    private void Report(RunEvent runEvent)
    {
        if (runEvent is not BoundaryReached reached)
        {
            _registry.Tell(_reports.Add(runEvent));
        }
        else if (_progressAt == 0 || _run.Options.Time.GetElapsedTime(_progressAt) >= BetweenProgress)
        {
            _progressAt = _run.Options.Time.GetTimestamp();
            _registry.Tell(new BatchProgress(_grant.RunId, _batch, reached.Boundary, reached.LeadTime, reached.Steps));
        }
    }

    /// <summary>The same in every process.</summary>
    private static int Seed(RunContext run, MemberRange batch) =>
        unchecked((((int)run.Spec.Ensemble.Seed * 31) + batch.First) * 31 + batch.Last);

    /// <summary>How the next gang begins.</summary>
    /// <param name="Before">Only from a session at an earlier boundary; null for the newest.</param>
    private sealed record Beginning(int? Before)
    {
        /// <summary>Is done once the epoch has begun, on the thread that waits for the disk.</summary>
        public Action? Then { get; init; }

        /// <summary>Where the batch stands.</summary>
        public RestartPoint? Point { get; init; }
    }

    private sealed record Looked(Beginning Beginning, BatchMembers Members, RestartPoint Point) : INoSerializationVerificationNeeded;

    private sealed record Begun(GangStart Start) : INoSerializationVerificationNeeded;

    private sealed record BeginFailed(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record RestartDue(Beginning Beginning) : INoSerializationVerificationNeeded;

    private sealed record CoordinatorFailed(IActorRef Coordinator, string Cause) : INoSerializationVerificationNeeded;

    private sealed record EpochIsLate : INoSerializationVerificationNeeded;

    private sealed record ReportAgain : INoSerializationVerificationNeeded;

    private sealed record CauseIsLate(int Epoch, GangFailure Failure) : INoSerializationVerificationNeeded;
}
