using Cairn.Actors.Checkpointing;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Members;

/// <summary>Asks a batch to halt at the next boundary; it answers with <see cref="BatchEnded"/>.</summary>
internal sealed record HaltBatch : INoSerializationVerificationNeeded;

/// <summary>Asks a batch to wait at the next boundary.</summary>
internal sealed record PauseBatch : INoSerializationVerificationNeeded;

/// <summary>Asks a paused batch to continue.</summary>
internal sealed record ResumeBatch : INoSerializationVerificationNeeded;

/// <summary>Asks a batch to commit at the next boundary.</summary>
internal sealed record CommitBatch : INoSerializationVerificationNeeded;

/// <summary>Ends a batch's gang at once, without making anything durable: the right to step it is lost.</summary>
internal sealed record AbandonBatch : INoSerializationVerificationNeeded;

/// <summary>
/// To the parent: the batch has ended, failed or was handed back, and its keeper has acknowledged that or has withdrawn the grant.
/// </summary>
/// <param name="Steps">Model steps that were taken here.</param>
/// <param name="Completed">Whether it reached its last boundary.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
internal sealed record BatchEnded(MemberRange Batch, long Steps, bool Completed, string? Error) : INoSerializationVerificationNeeded;

/// <param name="Grant">The batch, and the permission to step it here.</param>
/// <param name="Run">The run, as loaded on this node.</param>
/// <param name="Launcher">The actor that starts its ranks: see <see cref="LauncherChoice"/>.</param>
/// <param name="Registry">Forwards reports to the run's keeper.</param>
internal sealed record MemberSupervisorSetup(Grant Grant, RunContext Run, IActorRef Launcher, IActorRef Registry)
    : INoSerializationVerificationNeeded;

/// <summary>
/// Supervises one granted batch to its end: begins the epochs that its keeper grants, starts gangs, carries out what
/// <see cref="RestartPolicy"/> decides when one fails, and reports. Sends its parent one <see cref="BatchEnded"/>.
/// </summary>
/// <remarks>
/// Its behaviours follow a gang's life: find the restart point, await an epoch, begin it, run, stop, pause before the restart; at the end,
/// await the last acknowledgement. What happens while there is a gang is in <c>MemberSupervisor.Gang.cs</c>.
/// </remarks>
internal sealed partial class MemberSupervisor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);
    private readonly Grant _grant;
    private readonly RunContext _run;
    private readonly MemberRange _batch;
    private readonly IActorRef _launcher;
    private readonly IActorRef _registry;
    private readonly BatchRestart _restart;
    private readonly RestartPolicy _policy;
    private readonly ReportOutbox _reports = new();
    private readonly BatchTrace _trace;
    private readonly CancellationTokenSource _withdrawal = new();
    private readonly SortedDictionary<int, IActorRef> _workers = [];
    private readonly Dictionary<int, long> _endedRanks = [];
    private int _grantedEpoch;
    private Restart? _pending;
    private GangStart? _start;
    private IActorRef _coordinator = ActorRefs.Nobody;
    private GangFailure? _failure;
    private BatchMembers _members = BatchMembers.All;
    private long _steps;
    private long _gangSteps;
    private int _newestSession = -1;
    private int _reached = -1;
    private long _progressAt;
    private bool _halting;
    private bool _paused;
    private bool _abandoned;
    private bool _withdrawn;
    private bool _ranksAreEnding;

    public MemberSupervisor(MemberSupervisorSetup setup)
    {
        (_grant, _run, _launcher, _registry) = (setup.Grant, setup.Run, setup.Launcher, setup.Registry);
        (_batch, _grantedEpoch, _paused) = (_grant.Batch, _grant.Epoch, _grant.Paused);
        _restart = new BatchRestart(_run, _batch, _grant.Reported is { } r ? (r.Session, r.LeadTime) : null);
        _policy = new RestartPolicy(_run.Spec.Supervision, Seed(_run, _batch)) { NameOf = _batch.NameOf };
        _trace = new BatchTrace(_grant, _run.Options.Time);
        FindingRestartPoint();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private int WorldSize => _run.Spec.Ranks.Count;

    public static Props Props(MemberSupervisorSetup setup) => Akka.Actor.Props.Create(() => new MemberSupervisor(setup));

    protected override void PreStart()
    {
        Context.Watch(_launcher);
        Timers.StartPeriodicTimer("reports", new ResendReports(), ResendInterval);
        FindRestartPoint(new Restart(null), () => _restart.Members());
    }

    /// <summary>Without a supervisor the ranks end, too.</summary>
    protected override void PostStop()
    {
        _withdrawal.Cancel();
        _withdrawal.Dispose();
        EndGang(isDone: false);
        _trace.Ended(null);
        base.PostStop();
    }

    /// <summary>A failed coordinator has lost its state, so its gang fails.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        Self.Tell(new CoordinatorFailed(Sender, $"an actor of the gang failed: {error.Message}"));
        return Directive.Stop;
    });

    // -------------------------------------------------------------------------------------------------------- in all behaviours

    /// <summary>Acknowledgements, resending and the withdrawal of the grant.</summary>
    private void Reporting(Action? acknowledged, Action withdrawn)
    {
        Receive<ReportAcknowledged>(
            ack =>
            {
                _reports.Acknowledged(ack.Number);
                acknowledged?.Invoke();
            },
            ack => ack.GrantEpoch == _grant.Epoch && ack.Batch == _batch);
        Receive<ResendReports>(_ => _reports.SendTo(_registry));
        Receive<GrantWithdrawn>(
            withdrawal =>
            {
                (_halting, _abandoned, _withdrawn) = (true, true, true);
                _withdrawal.Cancel();
                _run.Observer.On(new RunWarning($"this node no longer steps the batch: {withdrawal.Reason}") { Batch = _batch });
                withdrawn();
            },
            withdrawal => withdrawal.GrantEpoch == _grant.Epoch && withdrawal.Batch == _batch);
    }

    /// <summary>Commands while there is no gang. Late messages of an ended gang are dropped.</summary>
    private void BetweenGangs(Action halt)
    {
        Receive<HaltBatch>(_ => halt());
        Receive<AbandonBatch>(_ =>
        {
            _abandoned = true;
            halt();
        });
        Receive<PauseBatch>(_ => _paused = true);
        Receive<ResumeBatch>(_ => _paused = false);
        Receive<Terminated>(_ => Decide(LauncherFailed));
        Reporting(acknowledged: null, withdrawn: halt);
        ReceiveAny(static _ => { });
    }

    // ---------------------------------------------------------------------------------------------------- between two gangs

    /// <summary>Looks for sessions to restart from, on a thread that may wait for the disk.</summary>
    private void FindRestartPoint(Restart requested, Func<BatchMembers> members)
    {
        var (restart, withdrawal) = (_restart, _withdrawal.Token);
        Become(FindingRestartPoint);
        OwnThread.Run(() =>
        {
            var known = members();
            return new RestartPointFound(requested with { Point = restart.Look(known, requested.Before, withdrawal) }, known);
        }).PipeTo(Self, success: found => found, failure: error => new BeginFailed(error));
    }

    private void FindingRestartPoint()
    {
        Receive<RestartPointFound>(OnRestartPointFound);
        Receive<BeginFailed>(failed => Decide(GangFailure.Of(failed.Error)));
        BetweenGangs(halt: () => _halting = true);
    }

    private void OnRestartPointFound(RestartPointFound found)
    {
        (_pending, _members) = (found.Restart, found.Members);
        var point = found.Restart.Point!;
        if (point.IsDone)
        {
            // A process killed between its last commit and this mark did not set it.
            _run.Store.SetCommitted(_members.Active(_batch), _run.Schedule.LeadTime(_run.Schedule.Last));
            End(new BatchCompleted(_steps), completed: true);
        }
        else if (_halting)
        {
            _newestSession = point.Boundary;
            EndHalted();
        }
        else if (_grantedEpoch > point.HighestEpoch)
        {
            Begin(_grantedEpoch);
        }
        else
        {
            Become(AwaitingEpoch);
            RequestEpoch();
        }
    }

    private int HighestKnownEpoch => Math.Max(_pending!.Point!.HighestEpoch, _start?.Epoch ?? 0);

    private void AwaitingEpoch()
    {
        Receive<EpochGranted>(granted => Begin(granted.Epoch), granted => granted.Batch == _batch && granted.Epoch > HighestKnownEpoch);
        Receive<EpochTimeout>(_ => RequestEpoch());
        BetweenGangs(halt: EndHalted);
    }

    private void RequestEpoch()
    {
        _registry.Tell(new RequestEpoch(_grant.RunId, _batch, _grant.Epoch, HighestKnownEpoch));
        Timers.StartSingleTimer("epoch", new EpochTimeout(), ResendInterval);
    }

    private void Begin(int epoch)
    {
        Timers.Cancel("epoch");
        var (restart, members, pending) = (_restart, _members, _pending!);
        // An epoch is for one gang.
        _grantedEpoch = 0;
        Become(BeginningEpoch);
        OwnThread.Run(() =>
        {
            var start = restart.Begin(pending.Point!, members, epoch);
            pending.AfterEpoch?.Invoke();
            return new EpochBegun(start);
        }).PipeTo(Self, success: begun => begun, failure: error => new BeginFailed(error));
    }

    private void BeginningEpoch()
    {
        Receive<EpochBegun>(begun => OnEpochBegun(begun.Start));
        Receive<BeginFailed>(failed => Decide(GangFailure.Of(failed.Error)));
        BetweenGangs(halt: () => _halting = true);
    }

    private void OnEpochBegun(GangStart start)
    {
        (_start, _newestSession, _reached) = (start, start.Boundary, start.Boundary);
        if (_halting)
        {
            EndHalted();
            return;
        }

        _policy.Committed(start.Boundary);
        var started = BatchStarted.Of(start, _run);
        _trace.Began(started);
        Publish(started);
        if (start.Plan is { } plan)
            _run.Store.SetCommitted(_members.Active(_batch), _run.Schedule.LeadTime(plan.Boundary));

        StartGang(start);
    }

    private void Pausing()
    {
        Receive<RestartDue>(due => FindRestartPoint(due.Restart, () => _members));
        BetweenGangs(halt: EndHalted);
    }

    // ------------------------------------------------------------------------------------------------------------- its end

    /// <summary>Halted while there was no gang: its sessions are unchanged.</summary>
    private void EndHalted() => End(new BatchStopped(_newestSession, LeadTime(_newestSession), _steps), completed: false);

    private void End(RunEvent last, bool completed, string? error = null)
    {
        Publish(last);
        var ended = new BatchEnded(_batch, _steps, completed, error);
        _trace.Ended(ended);
        Become(() =>
        {
            Receive<GangEnded>(_ => OnRanksEnded(ended));
            Receive<Terminated>(_ => OnRanksEnded(ended));
            Reporting(acknowledged: () => LeaveIfDone(ended), withdrawn: () => LeaveIfDone(ended));
            ReceiveAny(static _ => { });
        });
        LeaveIfDone(ended);
    }

    private void OnRanksEnded(BatchEnded ended)
    {
        _ranksAreEnding = false;
        LeaveIfDone(ended);
    }

    /// <summary>The batch is over when its keeper knows and its ranks are gone.</summary>
    private void LeaveIfDone(BatchEnded ended)
    {
        if ((_withdrawn || _reports.IsEmpty) && !_ranksAreEnding)
        {
            // The node stops the launcher after the last of its batches.
            Context.Unwatch(_launcher);
            Context.Parent.Tell(ended);
            Become(static () => { });
        }
    }

    private TimeSpan LeadTime(int boundary) => _run.Schedule.LeadTime(Math.Max(0, boundary));

    /// <summary>Reports an event to the keeper and to the run's observer here.</summary>
    private void Publish(RunEvent runEvent)
    {
        runEvent = runEvent with { Batch = _batch, GangEpoch = _start?.Epoch ?? _grant.Epoch };
        if (_withdrawn)
        {
            // The keeper no longer takes reports.
        }
        else if (runEvent is not BoundaryReached reached)
        {
            _registry.Tell(_reports.Add(number => new BatchReport(_grant.RunId, _batch, _grant.Epoch, number, runEvent)));
        }
        else if (_progressAt == 0 || _run.Options.Time.GetElapsedTime(_progressAt) >= ProgressInterval)
        {
            _progressAt = _run.Options.Time.GetTimestamp();
            _registry.Tell(new BatchProgress(_grant.RunId, _batch, reached.Boundary, reached.LeadTime, reached.Steps));
        }

        _run.Observer.On(runEvent);
    }

    /// <summary>The same in every process.</summary>
    private static int Seed(RunContext run, MemberRange batch) =>
        unchecked((((int)run.Spec.Ensemble.Seed * 31) + batch.First) * 31 + batch.Last);

    /// <summary>How the next gang starts.</summary>
    /// <param name="Before">Only from a session before this boundary; null for the newest.</param>
    private sealed record Restart(int? Before)
    {
        /// <summary>Runs after the epoch has begun, on the thread that waits for the disk.</summary>
        public Action? AfterEpoch { get; init; }

        public RestartPoint? Point { get; init; }
    }

    private sealed record RestartPointFound(Restart Restart, BatchMembers Members) : INoSerializationVerificationNeeded;

    private sealed record EpochBegun(GangStart Start) : INoSerializationVerificationNeeded;

    private sealed record BeginFailed(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record RestartDue(Restart Restart) : INoSerializationVerificationNeeded;

    private sealed record CoordinatorFailed(IActorRef Coordinator, string Cause) : INoSerializationVerificationNeeded;

    private sealed record EpochTimeout : INoSerializationVerificationNeeded;

    private sealed record ResendReports : INoSerializationVerificationNeeded;

    private sealed record CauseTimeout(int Epoch, GangFailure Failure) : INoSerializationVerificationNeeded;

    private sealed record EndTimeout : INoSerializationVerificationNeeded;
}
