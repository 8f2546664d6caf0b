using Cairn.Actors.Checkpointing;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>What a supervisor does once its gang has failed: stops it, asks the policy, and carries the answer out.</summary>
internal sealed partial class MemberSupervisor
{
    private void Fail(GangFailure failure, long steps = 0)
    {
        _failure = failure;
        _gangSteps = Math.Max(_gangSteps, steps);
        Become(Stopping);
        var stopped = _gang?.StopAsync() ?? Task.CompletedTask;
        stopped.PipeTo(Self, success: static () => new GangStopped(null), failure: static error => new GangStopped(error));
    }

    private void Stopping()
    {
        Receive<RankReport.Failed>(failed => Consider(failed.Failure));
        Receive<GangFailed>(failed => Consider(failed.Report.Failure), failed => failed.Epoch == _start!.Epoch);
        Receive<SessionMade>(OnSession);
        Receive<GangStopped>(stopped =>
        {
            if (stopped.Error is { } error)
            {
                Tell(new RunWarning($"the gang of epoch {_start!.Epoch} could not be stopped cleanly and is fenced: {error.Message}"));
            }

            Leave();
            Decide(_failure!);
        });
        Receive<HaltBatch>(_ => _halts = true);
        Receive<AbandonBatch>(_ => (_halts, _abandoned) = (true, true));
        Receive<PauseBatch>(_ => _paused = true);
        Receive<ResumeBatch>(_ => _paused = false);
        ReceiveAny(static _ => { });
    }

    private void Consider(GangFailure failure) => _failure = RankFailures.Worse(_failure!, OfThisGang(failure));

    private void Decide(GangFailure failure)
    {
        (_steps, _gangSteps) = (_steps + _gangSteps, 0);
        if (!_abandoned)
        {
            Tell(new RankFailed(
                failure.Rank, failure.Member, failure.Boundary is { } boundary ? _run.Schedule.LeadTime(boundary) : null, failure.Cause));
        }

        if (_halts)
        {
            Stopped();
            return;
        }

        switch (_policy.Decide(failure))
        {
            case RestartDecision.Restart restart:
                Again(restart);
                break;
            case RestartDecision.Drop drop:
                Drop(drop.Member, failure);
                break;
            case RestartDecision.RePerturb again:
                Redraw(again.Member, failure);
                break;
            case RestartDecision.GiveUp giveUp:
                GiveUp(failure, giveUp.Reason);
                break;
        }
    }

    private void Again(RestartDecision.Restart restart)
    {
        Tell(new RestartPlanned(restart.Pause, restart.Reason));
        var members = _members;
        Func<GangStart?> begin = restart.Before is { } before
            ? () => _restart.BeginBefore(members, before)
            : () => _restart.BeginNewest(members);
        Become(Pausing);
        Timers.StartSingleTimer("restart", new RestartDue(begin), restart.Pause);
    }

    private void Drop(int member, GangFailure failure)
    {
        var leadTime = LeadTime(failure.Boundary ?? 0);
        var members = _members = _members.Without(member, new DroppedMember(leadTime, failure.Cause));
        if (members.Active(_batch).Count == 0)
        {
            GiveUp(failure, $"member {member} was the last of the batch that could be dropped");
            return;
        }

        Tell(new MemberDropped(member, leadTime, failure.Cause));
        Become(Preparing);
        Prepare(() =>
        {
            _restart.Keep(members);
            return _restart.BeginNewest(members);
        });
    }

    private void Redraw(int member, GangFailure failure)
    {
        var members = _members = _members.Redrawn(member);
        Tell(new MemberRedrawn(member, members.DrawOf(member), failure.Cause));
        Become(Preparing);
        Prepare(() =>
        {
            // The epoch first: a process that dies in between must not take the old draw's sessions for the new one's.
            var start = _restart.BeginBefore(members, 0);
            _restart.Keep(members);
            _run.Store.BeginAnew(member, members.DrawOf(member));
            return start;
        });
    }

    private void GiveUp(GangFailure failure, string reason)
    {
        var error = new BatchFailedException($"{failure.Cause} ({reason})") { Failure = failure };
        Tell(new BatchFailed(error));
        Ended(new BatchEnded(_batch, _steps, Completed: false, error));
    }
}
