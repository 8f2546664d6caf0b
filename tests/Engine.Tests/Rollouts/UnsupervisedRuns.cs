using System.Collections.Concurrent;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Runs what is prepared without supervision: a batch that fails is not restarted, so that a test sees its own error.</summary>
internal static class UnsupervisedRuns
{
    /// <summary>Runs to the end, or to the next boundary after <paramref name="stop"/>.</summary>
    public static RunResult Run(this PreparedRun prepared, CancellationToken stop)
    {
        using var run = prepared.Open();
        var work = new BatchQueue(run.Parts, run.Work, stop);
        var slots = Math.Min(run.Work.Count, PreparedRun.Slots(run.Parts.Spec));
        var threads = Enumerable.Range(0, slots).Select(slot => new Thread(work.Drain) { Name = $"slot {slot}" }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return run.Finish(work.Steps, [.. work.Failures], work.Unfinished);
    }
}

/// <summary>The batches that wait for a slot.</summary>
internal sealed class BatchQueue(RunContext run, IReadOnlyList<MemberRange> batches, CancellationToken stop)
{
    private readonly ConcurrentQueue<MemberRange> _waiting = new(batches);
    private long _steps;
    private int _completed;

    public ConcurrentBag<(MemberRange Batch, Exception Error)> Failures { get; } = [];
    public long Steps => Interlocked.Read(ref _steps);
    public bool Unfinished => _completed + Failures.Count < batches.Count;

    public void Drain()
    {
        while (!stop.IsCancellationRequested && _waiting.TryDequeue(out var batch))
            RunOne(batch);
    }

    private void RunOne(MemberRange batch)
    {
        var runner = new BatchRunner(run, batch);
        try
        {
            if (runner.Run(stop))
                Interlocked.Increment(ref _completed);
        }
        catch (Exception e)
        {
            // One batch's failure is its own: the others go on, and the run's result tells of it.
            Failures.Add((batch, e));
            run.Observer.On(new BatchFailed(e.Message) { Batch = batch });
        }
        Interlocked.Add(ref _steps, runner.Steps);
    }
}

/// <summary>Runs one batch of whole domains from its newest session to the end, without supervision: finds what it may restart from, begins
/// an epoch, and steps.</summary>
internal sealed class BatchRunner(RunContext run, MemberRange batch)
{
    /// <summary>Model steps taken in this process, also by a batch that failed.</summary>
    public long Steps { get; private set; }

    /// <summary>Runs the batch on the calling thread. Returns whether it reached its last boundary; else it was asked to stop.</summary>
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
            run.Store.SetCommitted(active, run.Schedule.LeadTime(plan.Boundary));
        return Step(start, active, stop);
    }

    private bool Step(GangStart start, IReadOnlyList<int> active, CancellationToken stop)
    {
        using var alone = new SoloCommunicator();
        var reached = start.Boundary;
        var link = new SoloControl(
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
