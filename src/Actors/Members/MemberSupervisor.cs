using Cairn.Actors.Checkpointing;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Members;

/// <summary>
/// Supervises one batch from where it stands to its end: begins epochs, starts gangs, and carries out what <see cref="RestartPolicy"/>
/// decides when one fails. Tells its parent one <see cref="BatchEnded"/>.
/// </summary>
internal sealed partial class MemberSupervisor : ReceiveActor, IWithTimers
{
    private readonly RunParts _run;
    private readonly MemberRange _batch;
    private readonly IGangLauncher _launcher;
    private readonly BatchRestart _restart;
    private readonly RestartPolicy _policy;
    private readonly Dictionary<int, long> _ended = [];
    private GangStart? _start;
    private IGang? _gang;
    private IActorRef _coordinator = ActorRefs.Nobody;
    private IReadOnlyList<IActorRef> _workers = [];
    private GangFailure? _failure;
    private BatchMembers _members = BatchMembers.All;
    private long _steps;
    private long _gangSteps;
    private int _newest = -1;
    private bool _halts;
    private bool _paused;
    private bool _abandoned;

    /// <param name="run">The run.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="launcher">Launches its gangs.</param>
    public MemberSupervisor(RunParts run, MemberRange batch, IGangLauncher launcher)
    {
        (_run, _batch, _launcher) = (run, batch, launcher);
        _restart = new BatchRestart(run, batch);
        _policy = new RestartPolicy(RestartSettings.Of(run.Spec.Supervision), Seed(run, batch));
        Preparing();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private int WorldSize => _run.Spec.Ranks.Count;

    protected override void PreStart() => Prepare(() => _restart.BeginNewest(_members = _restart.Members()));

    /// <summary>
    /// Children are not started again one by one: a worker or coordinator that failed has forgotten where its gang stands, and the gang
    /// goes with it.
    /// </summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        Self.Tell(new CommitsFailed($"an actor of the gang failed: {error.Message}", IsPermanent: false));
        return Directive.Stop;
    });

    // ---------------------------------------------------------------------------------------------------- between two gangs

    /// <summary>Nobody is left to watch over the ranks: they end, too.</summary>
    protected override void PostStop()
    {
        if (_gang is { } gang)
        {
            _ = gang.StopAsync().ContinueWith(
                stopped => gang.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }

        base.PostStop();
    }

    private void Preparing()
    {
        Receive<Prepared>(OnPrepared);
        Receive<PrepareFailed>(failed => Decide(RankFailures.Of(failed.Error)));
        Receive<HaltBatch>(_ => _halts = true);
        Receive<AbandonBatch>(_ => _halts = true);
        Receive<PauseBatch>(_ => _paused = true);
        Receive<ResumeBatch>(_ => _paused = false);
        // What a gang that has ended still had to say.
        ReceiveAny(static _ => { });
    }

    private void Pausing()
    {
        Receive<RestartDue>(due =>
        {
            Become(Preparing);
            Prepare(due.Begin);
        });
        Receive<HaltBatch>(_ => Stopped());
        Receive<AbandonBatch>(_ => Stopped());
        Receive<PauseBatch>(_ => _paused = true);
        Receive<ResumeBatch>(_ => _paused = false);
        ReceiveAny(static _ => { });
    }

    /// <summary>Begins an epoch on a thread that may wait for the disk.</summary>
    private void Prepare(Func<GangStart?> begin) => DiskWork.Run(begin).PipeTo(
        Self, success: start => new Prepared(start), failure: error => new PrepareFailed(error));

    private void OnPrepared(Prepared prepared)
    {
        var active = _members.Active(_batch);
        if (prepared.Start is not { } start)
        {
            // A process killed between its last commit and this mark left it behind.
            _run.Store.SetCommitted(active, _run.Schedule.LeadTime(_run.Schedule.Last));
            End(new BatchCompleted(_steps), completed: true);
        }
        else if (_halts)
        {
            _newest = start.Boundary;
            Stopped();
        }
        else
        {
            Launch(start, active);
        }
    }

    private void Launch(GangStart start, IReadOnlyList<int> active)
    {
        (_start, _newest) = (start, start.Boundary);
        _policy.Committed(start.Boundary);
        Tell(BatchStarted.Of(start, _run.Schedule));
        if (start.Plan is { } plan)
        {
            _run.Store.SetCommitted(active, _run.Schedule.LeadTime(plan.Boundary));
        }

        var place = new GangPlace(WorldSize, start.Epoch, start.Boundary, start.Session is not null);
        var (self, writer, settings) = (Self, new SessionWriter(_run, start, WorldSize), _run.Spec.Supervision);
        var (time, flush) = (_run.Options.Time, _run.Spec.Checkpoint.AutoFlush && WorldSize > 1 ? Flush(start) : null);
        _coordinator = Context.ActorOf(
            Props.Create(() => new CheckpointCoordinator(self, place, writer, settings, flush, time)), $"coordinator-{start.Epoch}");
        _workers = [.. Enumerable.Range(0, WorldSize).Select(rank => Worker(rank, start))];
        _coordinator.Tell(new GangAssembled(_workers));
        if (_paused)
        {
            _coordinator.Tell(new PauseGang());
        }

        Become(Running);
        Begin(start);
    }

    private GangFlush Flush(GangStart start) => new(new BatchFolders(_run, static _ => { }).AutoFlush(_batch), start.Boundary);

    private IActorRef Worker(int rank, GangStart start)
    {
        var (coordinator, deadline, time) = (_coordinator, _run.Spec.Supervision.BoundaryDeadline, _run.Options.Time);
        var boundary = start.Boundary;
        return Context.ActorOf(
            Props.Create(() => new RankWorker(rank, boundary, coordinator, deadline, time)), $"rank-{rank}-{start.Epoch}");
    }

    private void Begin(GangStart start)
    {
        var workers = _workers;
        try
        {
            // A failure comes straight here: what a gang tells of its end has to be heard before it is told that it has stopped.
            var (self, epoch) = (Self, start.Epoch);
            _gang = _launcher.Launch(start, report => (report is RankReport.Failed ? self : workers[report.Rank]).Tell(
                report is RankReport.Failed failed ? new GangFailed(epoch, failed) : report, ActorRefs.NoSender));
        }
        catch (CairnException e)
        {
            Fail(OfThisGang(RankFailures.Of(e)));
            return;
        }

        foreach (var worker in workers)
        {
            worker.Tell(new GangLaunched(_gang));
        }
    }

    // -------------------------------------------------------------------------------------------------------- with a gang

    private void Running()
    {
        // Of this gang alone: what an older one's coordinator still says is about boundaries and sessions that nobody will select.
        Receive<GangReached>(OnReached, IsOfThisGang);
        Receive<SessionMade>(OnSession, IsOfThisGang);
        Receive<SessionGivenUp>(g => Tell(new SessionAborted(_run.Schedule.LeadTime(g.Boundary), g.Cause)), IsOfThisGang);
        Receive<GangWaits>(w => Tell(new BatchPaused(w.Boundary, _run.Schedule.LeadTime(w.Boundary))), IsOfThisGang);
        Receive<RankReport.Warned>(warned => Tell(new RunWarning(warned.Text)));
        Receive<RankReport.Verified>(OnVerified);
        Receive<RankReport.Ended>(OnEnded);
        Receive<RankReport.Failed>(failed => Fail(OfThisGang(failed.Failure), failed.Steps));
        // A rank that was left behind may still fail, and that is no later gang's failure.
        Receive<GangFailed>(
            failed => Fail(OfThisGang(failed.Report.Failure), failed.Report.Steps),
            failed => failed.Epoch == _start!.Epoch);
        Receive<CommitsFailed>(failed => Fail(OfThisGang(new GangFailure(
            failed.IsPermanent ? FailureKind.Permanent : FailureKind.Commit, failed.Cause))));
        Receive<HaltBatch>(_ => Halt());
        Receive<AbandonBatch>(_ => Abandon());
        Receive<PauseBatch>(_ => Pause());
        Receive<ResumeBatch>(_ => Resume());
        Receive<CommitBatch>(_ => _coordinator.Tell(new CommitGang()));
    }

    private bool IsOfThisGang(object _) => Sender.Equals(_coordinator);

    private GangFailure OfThisGang(GangFailure failure) => failure with { StartedFrom = _start!.Boundary };

    private void OnReached(GangReached reached)
    {
        _gangSteps = reached.Steps;
        Tell(new BoundaryReached(reached.Boundary, _run.Schedule.LeadTime(reached.Boundary), _steps + reached.Steps));
    }

    private void OnSession(SessionMade made)
    {
        _newest = made.Boundary;
        _policy.Committed(made.Boundary);
        Tell(new SessionCommitted(made.Session, made.Boundary, _run.Schedule.LeadTime(made.Boundary)));
    }

    private void OnVerified(RankReport.Verified verified)
    {
        if (verified.Rank == 0 || !verified.IsExact)
        {
            Tell(new ResumeVerified(_run.Schedule.LeadTime(verified.Boundary), verified.IsExact, verified.Difference));
        }
    }

    /// <summary>Kept in mind: a gang that fails on its way there is not started again.</summary>
    private void Halt()
    {
        _halts = true;
        _coordinator.Tell(new HaltGang());
    }

    private void Abandon()
    {
        (_halts, _abandoned) = (true, true);
        Fail(OfThisGang(new GangFailure(FailureKind.Permanent, "the right to step the batch is lost")));
    }

    private void Pause()
    {
        _paused = true;
        _coordinator.Tell(new PauseGang());
    }

    private void Resume()
    {
        _paused = false;
        _coordinator.Tell(new ResumeGang());
        Tell(new BatchResumed());
    }

    private void OnEnded(RankReport.Ended ended)
    {
        _ended[ended.Rank] = ended.Steps;
        if (_ended.Count < WorldSize)
        {
            return;
        }

        _steps += _ended[0];
        Leave();
        if (ended.Completed)
        {
            End(new BatchCompleted(_steps), completed: true);
        }
        else
        {
            End(new BatchStopped(ended.Boundary, LeadTime(ended.Boundary), _steps), completed: false);
        }
    }

    /// <summary>Halted while no gang was there: its sessions are as it left them.</summary>
    private void Stopped()
    {
        End(new BatchStopped(_newest, LeadTime(_newest), _steps), completed: false);
    }

    /// <summary>The gang's actors go; what they would still say is about a gang that is no more.</summary>
    private void Leave()
    {
        foreach (var child in Context.GetChildren())
        {
            Context.Stop(child);
        }

        _ended.Clear();
        _gang?.Dispose();
        (_gang, _workers) = (null, []);
    }

    private void End(RunEvent last, bool completed)
    {
        Tell(last);
        Ended(new BatchEnded(_batch, _steps, completed, null));
    }

    private void Ended(BatchEnded ended)
    {
        Context.Parent.Tell(ended);
        Become(static () => { });
    }

    private TimeSpan LeadTime(int boundary) => _run.Schedule.LeadTime(Math.Max(0, boundary));

    private void Tell(RunEvent runEvent) => _run.Observer.On(runEvent with { Batch = _batch });

    /// <summary>The same in every process.</summary>
    private static int Seed(RunParts run, MemberRange batch) =>
        unchecked((((int)run.Spec.Ensemble.Seed * 31) + batch.First) * 31 + batch.Last);

    private sealed record GangFailed(int Epoch, RankReport.Failed Report);

    private sealed record Prepared(GangStart? Start);

    private sealed record PrepareFailed(Exception Error);

    private sealed record RestartDue(Func<GangStart?> Begin);

    private sealed record GangStopped(Exception? Error);
}
