using Cairn.Engine.Ranks;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Runs one batch of whole domains from its newest session to the end, without supervision: finds what it may restart from, begins an
/// epoch, and steps.
/// </summary>
internal sealed class BatchRunner(RunContext run, MemberRange batch)
{
    /// <summary>Model steps taken in this process, also by a batch that failed.</summary>
    public long Steps { get; private set; }

    /// <summary>Runs the batch on the calling thread. Returns whether it reached its last boundary; else it was asked to stop.</summary>
    /// <exception cref="CairnException">The batch failed; its sessions stay.</exception>
    public bool Run(CancellationToken stop)
    {
        var restart = new BatchRestart(run, batch);
        var members = restart.Members();
        var active = members.Active(batch);
        var point = restart.Look(members, lost: stop);
        if (point.IsDone)
        {
            // A process killed between its last commit and this mark left it behind.
            run.Store.SetCommitted(active, run.Schedule.LeadTime(run.Schedule.Last));
            Tell(new BatchCompleted(0));
            return true;
        }

        var start = restart.Begin(point, members, point.HighestEpoch + 1);
        Tell(BatchStarted.Of(start, run));
        if (start.Plan is { } plan)
        {
            run.Store.SetCommitted(active, run.Schedule.LeadTime(plan.Boundary));
        }

        return Step(start, active, stop);
    }

    private bool Step(GangStart start, IReadOnlyList<int> active, CancellationToken stop)
    {
        using var alone = new SoloCommunicator();
        var reached = start.Boundary;
        var link = new PlainLink(
            run.Schedule,
            e =>
            {
                reached = (e as BoundaryReached)?.Boundary ?? reached;
                Tell(e);
            },
            leadTime => run.Store.SetCommitted(active, leadTime),
            stop);
        var rank = new RankRun(run, start, alone, link);
        try
        {
            var completed = rank.Run();
            Tell(completed
                ? new BatchCompleted(rank.Steps)
                : new BatchStopped(reached, run.Schedule.LeadTime(Math.Max(0, reached)), rank.Steps));
            return completed;
        }
        finally
        {
            Steps = rank.Steps;
        }
    }

    private void Tell(RunEvent runEvent) => run.Observer.On(runEvent with { Batch = batch });
}
