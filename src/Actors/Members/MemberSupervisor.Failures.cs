using System.Globalization;
using Cairn.Actors.Checkpointing;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Members;

/// <summary>What a supervisor does once its gang has failed: ends it, asks the policy, and carries the answer out.</summary>
internal sealed partial class MemberSupervisor
{
    /// <summary>
    /// MPI reports the absence of a rank as an error of its neighbours, perhaps before it is noticed itself: such failures wait this long
    /// for a better one.
    /// </summary>
    private static readonly TimeSpan ForTheCause = TimeSpan.FromSeconds(1);

    /// <summary>How long a gang may take to end: its launcher kills before that what does not end by itself.</summary>
    private static readonly TimeSpan ToBeGone = TimeSpan.FromSeconds(20);

    private const string PlaceIsGone = "the actor that starts ranks on this node has failed; its log says why";

    private void OnFailed(RankReport.Failed failed)
    {
        _gangSteps = Math.Max(_gangSteps, failed.Steps);
        if (RankLaunchers.Of(_run.Spec).EndsBeforeItsCause && failed.Failure.Kind == FailureKind.Machine)
        {
            Timers.StartSingleTimer("cause", new CauseIsLate(_start!.Epoch, failed.Failure), ForTheCause);
            return;
        }

        Fail(failed.Failure);
    }

    private void OnLate(RankIsLate late)
    {
        var limit = _run.Spec.Supervision.BoundaryDeadline.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        Fail(new GangFailure(
            FailureKind.Hang, $"rank {late.Rank} has not reached its next boundary within supervision.boundary-deadline = {limit} s")
        {
            Rank = late.Rank,
            Boundary = late.Boundary,
        });
    }

    /// <summary>The actor that watches a process does not know what was stepped in it.</summary>
    private GangFailure Located(GangFailure failure) => failure is { Kind: FailureKind.Process, IsBystander: false }
        ? failure with { Boundary = failure.Boundary ?? _reached + 1 }
        : failure;

    private void Fail(GangFailure failure)
    {
        Timers.Cancel("cause");
        _failure = failure with { StartedFrom = _start!.Boundary };
        Become(Stopping);
        _ranks.Tell(new EndGang(_batch, _start.Epoch, IsDone: false));
        Timers.StartSingleTimer("gone", new GoneIsLate(), ToBeGone);
    }

    private void Stopping()
    {
        Receive<RankReport.Failed>(failed => Consider(failed.Failure), failed => IsOfRank(failed.Rank));
        Receive<GangLost>(lost => Consider(Located(lost.Failure)), lost => IsOfGang(lost.Batch, lost.Epoch));
        Receive<SessionMade>(OnSession, IsOfCoordinator);
        Receive<GangGone>(gone => OnGone(gone.LeftBehind), gone => IsOfGang(gone.Batch, gone.Epoch));
        Receive<Terminated>(_ => OnPlaceGone());
        Receive<GoneIsLate>(_ => OnGone("the actor that started its ranks does not answer"));
        BetweenGangs(halt: () => _halts = true);
    }

    private void Consider(GangFailure failure) =>
        _failure = RankFailures.Worse(_failure!, failure with { StartedFrom = _start!.Boundary });

    private void OnGone(string? leftBehind)
    {
        Timers.Cancel("gone");
        if (leftBehind is not null)
        {
            Tell(new RunWarning($"the gang of epoch {_start!.Epoch} could not be stopped cleanly and is fenced: {leftBehind}"));
        }

        Forget();
        Decide(_failure!);
    }

    /// <summary>The actor that starts this batch's ranks has failed; the node has to make another.</summary>
    private void OnPlaceGone()
    {
        Forget();
        Decide(new GangFailure(FailureKind.Permanent, PlaceIsGone));
    }

    private void Decide(GangFailure failure)
    {
        (_steps, _gangSteps) = (_steps + _gangSteps, 0);
        if (!_abandoned)
        {
            MemberMeter.Failed(failure.Kind);
            Tell(new RankFailed(
                failure.Rank, failure.Member, failure.Boundary is { } boundary ? _run.Schedule.LeadTime(boundary) : null, failure.Cause));
        }

        if (_halts)
        {
            Stopped();
            return;
        }

        var decision = _policy.Decide(failure);
        _trace.Failed(failure, isRestarted: decision is not RestartDecision.GiveUp);
        if (decision is not RestartDecision.GiveUp)
        {
            MemberMeter.Restarted(failure.Kind);
        }

        switch (decision)
        {
            case RestartDecision.Restart restart:
                ScheduleRestart(restart);
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

    private void ScheduleRestart(RestartDecision.Restart restart)
    {
        Tell(new RestartPlanned(restart.Pause, restart.Reason));
        Become(Pausing);
        Timers.StartSingleTimer("restart", new RestartDue(new Beginning(restart.Before)), restart.Pause);
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

        Tell(new MemberDropped(member, leadTime, failure.Cause));
        var restart = _restart;
        Look(new Beginning(null), () =>
        {
            restart.Keep(members);
            return members;
        });
    }

    private void Redraw(int member, GangFailure failure)
    {
        var members = _members = _members.Redrawn(member);
        Tell(new MemberRedrawn(member, members.DrawOf(member), failure.Cause));
        var (restart, store) = (_restart, _run.Store);
        var beginning = new Beginning(0)
        {
            // The epoch first: a process that dies in between must not take the old draw's sessions for the new one's.
            Then = () =>
            {
                restart.Keep(members);
                store.BeginAnew(member, members.DrawOf(member));
            },
        };
        Look(beginning, () => members);
    }

    private void GiveUp(GangFailure failure, string reason)
    {
        var error = $"{failure.Cause} ({reason})";
        Tell(new BatchFailed(error));
        Ended(new BatchEnded(_batch, _steps, Completed: false, error));
    }

    private sealed record GoneIsLate : INoSerializationVerificationNeeded;
}
