using Cairn.Actors.Checkpointing;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>What a supervisor does while it has a gang: assembles it, receives its reports, and passes commands on.</summary>
internal sealed partial class MemberSupervisor
{
    private void Running()
    {
        Receive<RanksReady>(OnReady, ready => IsOfGang(ready.Batch, ready.Epoch));
        // Only of this gang: reports of an older coordinator are about boundaries and sessions that are never selected.
        Receive<GangReached>(OnReached, IsOfCoordinator);
        Receive<SessionMade>(OnSession, IsOfCoordinator);
        Receive<SessionGivenUp>(OnGivenUp, IsOfCoordinator);
        Receive<GangWaits>(w => Tell(new BatchPaused(w.Boundary, _run.Schedule.LeadTime(w.Boundary))), IsOfCoordinator);
        Receive<RankReport.Warned>(warned => Tell(new RunWarning(warned.Text) { Rank = warned.Rank }), IsOfCoordinator);
        Receive<RankReport.Verified>(OnVerified, IsOfCoordinator);
        Receive<RankReport.Ended>(OnEnded, IsOfCoordinator);
        Receive<RankIsLate>(OnLate, IsOfCoordinator);
        Receive<RankReport.Failed>(OnFailed, failed => IsOfRank(failed.Rank));
        Receive<GangLost>(lost => Fail(Located(lost.Failure)), lost => IsOfGang(lost.Batch, lost.Epoch));
        Receive<CommitsFailed>(failed => Fail(new GangFailure(
            failed.IsPermanent ? FailureKind.Permanent : FailureKind.Commit, failed.Cause)), IsOfCoordinator);
        Receive<CoordinatorFailed>(
            failed => Fail(new GangFailure(FailureKind.Commit, failed.Cause)), failed => failed.Coordinator.Equals(_coordinator));
        Receive<Terminated>(_ => OnPlaceGone());
        Receive<CauseIsLate>(late => Fail(late.Failure), late => late.Epoch == _start!.Epoch);
        Receive<HaltBatch>(_ => Halt());
        Receive<AbandonBatch>(_ => Abandon());
        Receive<GrantWithdrawn>(
            withdrawn =>
            {
                OnWithdrawn(withdrawn);
                Abandon();
            },
            IsOfGrant);
        Receive<PauseBatch>(_ => Pause());
        Receive<ResumeBatch>(_ => Resume());
        Receive<CommitBatch>(_ => _coordinator.Tell(new CommitGang()));
        Reporting();
    }

    private bool IsOfCoordinator(object _) => Sender.Equals(_coordinator);

    private bool IsOfGang(MemberRange batch, int epoch) => batch == _batch && epoch == _start!.Epoch;

    /// <summary>A rank that was left behind may still fail, and that is no later gang's failure.</summary>
    private bool IsOfRank(int rank) => _workers.TryGetValue(rank, out var worker) && Sender.Equals(worker);

    private void OnReady(RanksReady ready)
    {
        for (var i = 0; i < ready.Workers.Count; i++)
        {
            _workers[ready.First + i] = ready.Workers[i];
        }

        if (_workers.Count == WorldSize)
        {
            _coordinator.Tell(new GangAssembled([.. _workers.Values]));
        }
    }

    private void OnReached(GangReached reached)
    {
        (_gangSteps, _reached) = (reached.Steps, reached.Boundary);
        Tell(new BoundaryReached(reached.Boundary, _run.Schedule.LeadTime(reached.Boundary), _steps + reached.Steps));
    }

    private void OnSession(SessionMade made)
    {
        _newest = made.Boundary;
        _policy.Committed(made.Boundary);
        MemberMeter.Committed(made.Took);
        _trace.Committed(made, _run.Schedule.LeadTime(made.Boundary));
        Tell(new SessionCommitted(made.Session, made.Boundary, _run.Schedule.LeadTime(made.Boundary)));
    }

    private void OnGivenUp(SessionGivenUp given)
    {
        MemberMeter.GaveUp();
        Tell(new SessionAborted(_run.Schedule.LeadTime(given.Boundary), given.Cause));
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
        Fail(new GangFailure(FailureKind.Permanent, "the grant of the batch was lost"));
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
        EndGang(isDone: true);
        if (ended.Completed)
        {
            End(new BatchCompleted(_steps), completed: true);
        }
        else
        {
            End(new BatchStopped(ended.Boundary, LeadTime(ended.Boundary), _steps), completed: false);
        }
    }

    /// <summary>The gang's actors go; what they would still say is about a gang that is no more.</summary>
    private void EndGang(bool isDone)
    {
        if (_coordinator.IsNobody())
        {
            return;
        }

        _isEnding = true;
        _ranks.Tell(new EndGang(_batch, _start!.Epoch, isDone));
        Forget();
    }

    private void Forget()
    {
        Context.Stop(_coordinator);
        _coordinator = ActorRefs.Nobody;
        _workers.Clear();
        _ended.Clear();
    }
}
