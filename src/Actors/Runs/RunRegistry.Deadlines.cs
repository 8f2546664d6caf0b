using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Runs;

/// <summary>How the registry watches over the deadlines of its runs.</summary>
public sealed partial class RunRegistry
{
    private static RunSpec Check(CheckSpec check, SubmissionRules? rules, DateTimeOffset now)
    {
        var spec = Read(check.Spec, check.Format, rules);
        return spec.Deadline.Passed(now, SpecName) is { } passed && !IsBegun(spec) ? throw passed : spec;
    }

    /// <summary>A run that goes on may have a deadline that has passed since.</summary>
    private static (RunSpec Spec, bool IsBegun) Find(SubmitRun submit, SubmissionRules? rules)
    {
        var spec = Read(submit.Spec, submit.Format, rules);
        return (spec, !submit.Fresh && IsBegun(spec));
    }

    private static bool IsBegun(RunSpec spec) => PathFound.IsFile(Path.Combine(spec.Checkpoint.Path, RunRecord.FileName));

    /// <summary>A keeper that is told the same twice journals it once.</summary>
    private void JudgeDeadlines()
    {
        var now = _setup.Time.GetUtcNow();
        foreach (var run in _active.Values.Where(r => r is { IsAway: false, IsLeaving: false }))
        {
            if (run.Book is not { HasEnded: false, Deadline: { IsSettled: false } standing } book)
            {
                continue;
            }

            var decision = Deadline.Decide(standing, RunOutlook.Of(book, run.Pace, Now), run.DoubtedSince, now);
            run.DoubtedSince = decision.DoubtedSince;
            if (decision.State != standing.State)
            {
                run.Keeper.Tell(new DeadlineJudged(decision.State, decision.Expected));
            }
        }
    }

    /// <summary>The run's row, with what its pace says of the deadline by now.</summary>
    private RunRow WithExpected(RunBook book, RunPaceMeter? pace)
    {
        var row = book.ToRow();
        if (pace is null || row.Deadline is not { IsSettled: false } standing)
        {
            return row;
        }

        var decision = Deadline.Decide(standing, RunOutlook.Of(book, pace, Now), null, _setup.Time.GetUtcNow());
        return row with { Deadline = standing with { Expected = decision.Expected } };
    }

    /// <summary>
    /// Sends the next alert of a run. One that was sent under this registry is not sent again, though its keeper began anew meanwhile; a
    /// registry that takes over does not know, and sends what the journal does not have as sent.
    /// </summary>
    private void Alert(ActiveRun run, bool hasBegun)
    {
        if (run.Book is not { Run: { } submission, Untold: [var next, ..] })
        {
            return;
        }

        if (next.Number > run.Alerting)
        {
            (run.Alerting, run.Alerted) = (next.Number, null);
            var (keeper, self) = (run.Keeper, Self);
            _setup.Alerts.SendAsync(submission, next).PipeTo(
                self, success: alerted => new AlertEnded(run.Id, keeper, alerted),
                failure: error => new AlertEnded(run.Id, keeper, new DeadlineAlerted(next.Number, 1, error.Message)));
        }
        else if (hasBegun && run.Alerted is { } alerted)
        {
            run.Keeper.Tell(alerted);
        }
    }

    private void OnAlertEnded(AlertEnded ended)
    {
        if (ended.Alerted.Error is { } error)
        {
            Log.About(ended.Id).Warning("{0}: nobody could be told of its deadline: {1}", ended.Id, error);
        }

        if (Of(ended.Id, ended.Keeper) is { } run)
        {
            run.Alerted = ended.Alerted;
            run.Keeper.Tell(ended.Alerted);
        }
    }

    private sealed record AlertEnded(string Id, IActorRef Keeper, DeadlineAlerted Alerted) : INoSerializationVerificationNeeded;

    private void LogDeadline(string run, DeadlineChanged changed)
    {
        var log = Log.About(run);
        var (due, expected) = ($"{changed.Due:u}", changed.Expected is { } at ? $"expected at {at:u}" : "expected at no known time");
        var have = $"{changed.Complete} of the {changed.Members} members needed are complete";
        switch (changed.State)
        {
            case DeadlineState.AtRisk:
                log.Warning("{0}: the deadline of {1} is at risk: {2}, all of them {3}", run, due, have, expected);
                break;
            case DeadlineState.Missed:
                log.Warning("{0}: the deadline of {1} is missed: {2}", run, due, have);
                break;
            case DeadlineState.Met:
                log.Info("{0}: the deadline of {1} is met: {2}", run, due, have);
                break;
            default:
                log.Info("{0}: back on time for the deadline of {1}: {2}, all of them {3}", run, due, have, expected);
                break;
        }
    }
}
