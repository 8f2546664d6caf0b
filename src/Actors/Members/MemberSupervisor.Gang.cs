using System.Globalization;
using Cairn.Actors.Checkpointing;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>A gang from its start to its end or failure, and what is decided about a failure.</summary>
internal sealed partial class MemberSupervisor
{
    /// <summary>
    /// MPI reports a lost rank as an error of its neighbours, perhaps before the loss is noticed: such failures wait this long for a more
    /// specific one.
    /// </summary>
    private static readonly TimeSpan CauseGrace = TimeSpan.FromSeconds(1);

    /// <summary>How long a gang may take to end. A launcher kills before that whatever does not end by itself.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(20);

    private static readonly GangFailure LauncherFailed =
        new(FailureKind.Permanent, "the actor that starts ranks on this node has failed; its log says why");

    private void StartGang(GangStart start)
    {
        var origin = new GangOrigin(_batch, WorldSize, start.Epoch, start.Boundary, start.Session is not null);
        var flush = _run.Spec.Checkpoint.AutoFlush && WorldSize > 1
            ? new GangFlush(new BatchFolders(_run, static _ => { }).AutoFlush(_batch), start.Boundary) : null;
        _coordinator = Context.ActorOf(
            CheckpointCoordinator.Props(
                Self, origin, new SessionWriter(_run, start, WorldSize), _run.Spec.Supervision, flush, _run.Options.Time),
            $"coordinator-{start.Epoch}");
        if (_paused)
            _coordinator.Tell(new PauseGang());

        Become(Running);
        _launcher.Tell(new StartGang(start, _coordinator) { Hosts = _grant.Hosts });
    }

    private void Running()
    {
        Receive<RanksReady>(OnReady, ready => IsOfGang(ready.Batch, ready.Epoch));
        // Only this gang's coordinator: an older one reports boundaries and sessions that are never selected.
        Receive<GangReached>(OnReached, IsFromCoordinator);
        Receive<GangCommitted>(OnCommitted, IsFromCoordinator);
        Receive<GangCommitAborted>(OnCommitAborted, IsFromCoordinator);
        Receive<GangPaused>(w => Publish(new BatchPaused(w.Boundary, _run.Schedule.LeadTime(w.Boundary))), IsFromCoordinator);
        Receive<RankReport.Warned>(warned => Publish(new RunWarning(warned.Text) { Rank = warned.Rank }), IsFromCoordinator);
        Receive<RankReport.Verified>(OnVerified, IsFromCoordinator);
        Receive<RankReport.Ended>(OnEnded, IsFromCoordinator);
        Receive<RankTimedOut>(OnTimedOut, IsFromCoordinator);
        Receive<RankReport.Failed>(OnFailed, failed => IsFromWorker(failed.Rank));
        Receive<GangLost>(lost => Fail(Located(lost.Failure)), lost => IsOfGang(lost.Batch, lost.Epoch));
        Receive<CommitsFailed>(failed => Fail(new GangFailure(
            failed.IsPermanent ? FailureKind.Permanent : FailureKind.Commit, failed.Cause)), IsFromCoordinator);
        Receive<CoordinatorFailed>(
            failed => Fail(new GangFailure(FailureKind.Commit, failed.Cause)), failed => failed.Coordinator.Equals(_coordinator));
        Receive<Terminated>(_ => OnLauncherFailed());
        Receive<CauseTimeout>(timeout => Fail(timeout.Failure), timeout => timeout.Epoch == _start!.Epoch);
        Receive<HaltBatch>(_ =>
        {
            // Remembered: a gang that fails before it halts is not restarted.
            _halting = true;
            _coordinator.Tell(new HaltGang());
        });
        Receive<AbandonBatch>(_ => Abandon());
        Receive<PauseBatch>(_ =>
        {
            _paused = true;
            _coordinator.Tell(new PauseGang());
        });
        Receive<ResumeBatch>(_ =>
        {
            _paused = false;
            _coordinator.Tell(new ResumeGang());
            Publish(new BatchResumed());
        });
        Receive<CommitBatch>(_ => _coordinator.Tell(new CommitGang()));
        Reporting(acknowledged: null, withdrawn: Abandon);
    }

    private bool IsFromCoordinator(object _) => Sender.Equals(_coordinator);

    private bool IsOfGang(MemberRange batch, int epoch) => batch == _batch && epoch == _start!.Epoch;

    /// <summary>A fenced rank of an older gang may still fail; that is not this gang's failure.</summary>
    private bool IsFromWorker(int rank) => _workers.TryGetValue(rank, out var worker) && Sender.Equals(worker);

    private void OnReady(RanksReady ready)
    {
        for (var i = 0; i < ready.Workers.Count; i++)
            _workers[ready.First + i] = ready.Workers[i];

        if (_workers.Count == WorldSize)
            _coordinator.Tell(new GangAssembled([.. _workers.Values]));
    }

    private void OnReached(GangReached reached)
    {
        (_gangSteps, _reached) = (reached.Steps, reached.Boundary);
        Publish(new BoundaryReached(reached.Boundary, _run.Schedule.LeadTime(reached.Boundary), _steps + reached.Steps));
    }

    private void OnCommitted(GangCommitted committed)
    {
        _newestSession = committed.Boundary;
        _policy.Committed(committed.Boundary);
        MemberMeter.Committed(committed.Took);
        var leadTime = _run.Schedule.LeadTime(committed.Boundary);
        _trace.Committed(committed, leadTime);
        Publish(new SessionCommitted(committed.Session, committed.Boundary, leadTime));
    }

    private void OnCommitAborted(GangCommitAborted aborted)
    {
        MemberMeter.CommitAborted();
        Publish(new SessionAborted(_run.Schedule.LeadTime(aborted.Boundary), aborted.Cause));
    }

    private void OnVerified(RankReport.Verified verified)
    {
        if (verified.Rank == 0 || !verified.IsExact)
            Publish(new ResumeVerified(_run.Schedule.LeadTime(verified.Boundary), verified.IsExact, verified.Difference));
    }

    private void Abandon()
    {
        (_halting, _abandoned) = (true, true);
        Fail(new GangFailure(FailureKind.Permanent, "the grant of the batch was lost"));
    }

    private void OnEnded(RankReport.Ended ended)
    {
        _endedRanks[ended.Rank] = ended.Steps;
        if (_endedRanks.Count < WorldSize)
            return;

        _steps += _endedRanks[0];
        EndGang(isDone: true);
        End(ended.Completed ? new BatchCompleted(_steps) : new BatchStopped(ended.Boundary, LeadTime(ended.Boundary), _steps),
            ended.Completed);
    }

    private void EndGang(bool isDone)
    {
        if (!_coordinator.IsNobody())
        {
            _ranksAreEnding = true;
            _launcher.Tell(new EndGang(_batch, _start!.Epoch, isDone));
            DropGang();
        }
    }

    private void DropGang()
    {
        Context.Stop(_coordinator);
        _coordinator = ActorRefs.Nobody;
        _workers.Clear();
        _endedRanks.Clear();
    }

    // --------------------------------------------------------------------------------------------------------------- failures

    private void OnFailed(RankReport.Failed failed)
    {
        _gangSteps = Math.Max(_gangSteps, failed.Steps);
        if (RankLaunchers.Of(_run.Spec).EndsBeforeItsCause && failed.Failure.Kind == FailureKind.Machine)
        {
            Timers.StartSingleTimer("cause", new CauseTimeout(_start!.Epoch, failed.Failure), CauseGrace);
            return;
        }

        Fail(failed.Failure);
    }

    private void OnTimedOut(RankTimedOut timedOut)
    {
        var limit = _run.Spec.Supervision.BoundaryDeadline.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        Fail(new GangFailure(
            FailureKind.Hang, $"rank {timedOut.Rank} has not reached its next boundary within supervision.boundary-deadline = {limit} s")
        {
            Rank = timedOut.Rank,
            Boundary = timedOut.Boundary,
        });
    }

    /// <summary>Adds the boundary, which the actor that watches a process does not know.</summary>
    private GangFailure Located(GangFailure failure) => failure is { Kind: FailureKind.Process, IsBystander: false }
        ? failure with { Boundary = failure.Boundary ?? _reached + 1 }
        : failure;

    private void Fail(GangFailure failure)
    {
        Timers.Cancel("cause");
        _failure = failure with { StartedFrom = _start!.Boundary };
        Become(Stopping);
        _launcher.Tell(new EndGang(_batch, _start.Epoch, IsDone: false));
        Timers.StartSingleTimer("end", new EndTimeout(), EndGrace);
    }

    private void Stopping()
    {
        Receive<RankReport.Failed>(failed => Combine(failed.Failure), failed => IsFromWorker(failed.Rank));
        Receive<GangLost>(lost => Combine(Located(lost.Failure)), lost => IsOfGang(lost.Batch, lost.Epoch));
        Receive<GangCommitted>(OnCommitted, IsFromCoordinator);
        Receive<GangEnded>(ended => OnGangEnded(ended.LeftBehind), ended => IsOfGang(ended.Batch, ended.Epoch));
        Receive<Terminated>(_ => OnLauncherFailed());
        Receive<EndTimeout>(_ => OnGangEnded("the actor that started its ranks does not answer"));
        BetweenGangs(halt: () => _halting = true);
    }

    private void Combine(GangFailure failure) =>
        _failure = GangFailure.Combine(_failure!, failure with { StartedFrom = _start!.Boundary });

    private void OnGangEnded(string? leftBehind)
    {
        Timers.Cancel("end");
        if (leftBehind is not null)
            Publish(new RunWarning($"the gang of epoch {_start!.Epoch} could not be stopped cleanly and is fenced: {leftBehind}"));

        DropGang();
        Decide(_failure!);
    }

    private void OnLauncherFailed()
    {
        DropGang();
        Decide(LauncherFailed);
    }

    private void Decide(GangFailure failure)
    {
        (_steps, _gangSteps) = (_steps + _gangSteps, 0);
        if (!_abandoned)
        {
            MemberMeter.Failed(failure.Kind);
            Publish(new RankFailed(
                failure.Rank, failure.Member, failure.Boundary is { } boundary ? _run.Schedule.LeadTime(boundary) : null, failure.Cause));
        }

        if (_halting)
        {
            EndHalted();
            return;
        }

        var decision = _policy.Decide(failure);
        _trace.Failed(failure, isRestarted: decision is not RestartDecision.GiveUp);
        if (decision is not RestartDecision.GiveUp)
            MemberMeter.Restarted(failure.Kind);

        switch (decision)
        {
            case RestartDecision.Restart restart:
                Publish(new RestartPlanned(restart.Pause, restart.Reason));
                Become(Pausing);
                Timers.StartSingleTimer("restart", new RestartDue(new Restart(restart.Before)), restart.Pause);
                break;
            case RestartDecision.Drop drop:
                Drop(drop.Member, failure);
                break;
            case RestartDecision.RePerturb redraw:
                Redraw(redraw.Member, failure);
                break;
            case RestartDecision.GiveUp giveUp:
                GiveUp(failure, giveUp.Reason);
                break;
        }
    }

    private void Drop(int member, GangFailure failure)
    {
        var leadTime = LeadTime(failure.Boundary ?? 0);
        var members = _members = _members.Without(member, new DroppedMember(leadTime, failure.Cause));
        if (members.Active(_batch).Count == 0)
        {
            GiveUp(failure, $"{_batch.NameOf(member)} was the last of the batch that could be dropped");
            return;
        }

        Publish(new MemberDropped(member, leadTime, failure.Cause));
        var restart = _restart;
        FindRestartPoint(new Restart(null), () =>
        {
            restart.Keep(members);
            return members;
        });
    }

    private void Redraw(int member, GangFailure failure)
    {
        var members = _members = _members.Redrawn(member);
        Publish(new MemberRedrawn(member, members.DrawOf(member), failure.Cause));
        var (restart, store) = (_restart, _run.Store);
        var requested = new Restart(0)
        {
            // The epoch first: if the process dies in between, the old draw's sessions must not be taken for the new one's.
            AfterEpoch = () =>
            {
                restart.Keep(members);
                store.BeginAnew(member, members.DrawOf(member));
            },
        };
        FindRestartPoint(requested, () => members);
    }

    private void GiveUp(GangFailure failure, string reason)
    {
        var error = $"{failure.Cause} ({reason})";
        End(new BatchFailed(error), completed: false, error);
    }
}
