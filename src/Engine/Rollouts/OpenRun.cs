using System.Runtime.ExceptionServices;
using Cairn.Engine.Runs;
using Cairn.Storage.Chm;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;

namespace Cairn.Engine.Rollouts;

/// <summary>A run that this process holds: its lock, its batches, and what they share. Ends with <see cref="Finish"/>.</summary>
internal sealed class OpenRun : IDisposable
{
    private readonly RunFolder _folder;
    private readonly RunJournal _journal;
    private readonly DerivedOutput _derived;
    private readonly bool _dropped;
    private readonly long _started;

    internal OpenRun(
        RunFolder folder, RunJournal journal, RunContext parts, IReadOnlyList<MemberRange> batches, DerivedOutput derived, bool dropped)
    {
        (_folder, _journal, _derived, _dropped) = (folder, journal, derived, dropped);
        (Parts, Batches) = (parts, batches);
        _started = parts.Options.Time.GetTimestamp();
    }

    /// <summary>What all batches share.</summary>
    public RunContext Parts { get; }

    /// <summary>The batches that the ensemble is cut into.</summary>
    public IReadOnlyList<MemberRange> Batches { get; }

    /// <summary>
    /// Batches that there is anything to do for: none of a run that has ended and whose members' fields were dropped then, since nothing
    /// of it could be computed again.
    /// </summary>
    public IReadOnlyList<MemberRange> Work => _dropped ? [] : Batches;

    /// <summary>Where each batch of <see cref="Work"/> stands on disk; says once more what is committed of those that have ended.</summary>
    public IReadOnlyList<(MemberRange Batch, int Epoch, bool HasEnded)> Look()
    {
        // A file system that others share answers late, not seldom: many are asked at a time.
        const int AtOnce = 16;
        var looked = new (MemberRange Batch, BatchMembers Members, int Epoch, bool HasEnded)[Work.Count];
        try
        {
            Parallel.For(0, looked.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, i => looked[i] = Look(Work[i]));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        var ended = looked.Where(l => l.HasEnded).ToList();
        if (ended.Count > 0)
        {
            // A process killed between a batch's last commit and this mark left it behind.
            Parts.Store.SetCommitted([.. ended.SelectMany(l => l.Members.Active(l.Batch))], Parts.Schedule.LeadTime(Parts.Schedule.Last));
            ended.ForEach(l => Parts.Observer.On(new BatchCompleted(0) { Batch = l.Batch }));
        }

        return [.. looked.Select(l => (l.Batch, l.Epoch, l.HasEnded))];
    }

    /// <summary>A damaged session is reported when the batch is granted, and affects only that batch.</summary>
    private (MemberRange Batch, BatchMembers Members, int Epoch, bool HasEnded) Look(MemberRange batch)
    {
        if (!Parts.FoldersByMember[batch.First].Contains(batch))
        {
            return (batch, BatchMembers.All, 0, false);
        }

        var folders = new BatchFolders(Parts, static _ => { });
        var epoch = folders.Catalog(batch).HighestEpoch;
        try
        {
            var members = BatchMembers.Read(Parts.Options.Files, folders.PathsOf(batch));
            return (batch, members, epoch, folders.HasEnded(batch, members, epoch));
        }
        catch (DataException)
        {
            return (batch, BatchMembers.All, epoch, false);
        }
    }

    /// <summary>Ends the run: draws what is committed, derives what is complete, and tells how it went.</summary>
    /// <param name="steps">Model steps that all batches took in this process.</param>
    /// <param name="failures">The batches that failed.</param>
    /// <param name="unfinished">Whether a batch that did not fail has not reached its end.</param>
    /// <param name="members">How many members are left, the first ones, where others were dropped; null for all.</param>
    public RunResult Finish(
        long steps, IReadOnlyList<(MemberRange Batch, Exception Error)> failures, bool unfinished, int? members = null)
    {
        var outcome = failures.Count > 0 ? RunOutcome.Failed : unfinished ? RunOutcome.Stopped : RunOutcome.Completed;
        if (_dropped)
        {
            return Done();
        }

        if (Parts.Spec.Ranks.Launcher != RankLauncher.InProcess)
        {
            // Processes of ranks that died while this one lived have left theirs too.
            Parts.Store.SweepLeftovers();
        }

        Parts.Store.SettleCommitted();
        // Before the members' fields may go.
        var picture = RunPicture.Draw(Parts.Spec, Parts.Options, Parts.Observer);
        if (outcome == RunOutcome.Completed)
        {
            _derived.Write(Parts.Store, members, Parts.Observer);
            if (Parts.Spec.Checkpoint.Chm is { } chm)
            {
                DurableTree.SyncCreated(Parts.Options.Files, DurableTree.CreateDirectories(Parts.Options.Files, chm.Output));
                ChmCleanExit.Write(Parts.Options.Files, chm.Output);
            }
        }

        var elapsed = Parts.Options.Time.GetElapsedTime(_started);
        Parts.Observer.On(new RunEnded(outcome, steps, elapsed));
        return new RunResult(outcome, Batches.Count, steps, elapsed, [.. failures.OrderBy(f => f.Batch.First)]) { Picture = picture };
    }

    /// <summary>
    /// Writes again what is committed of batches that have ended, while no other process writes: if two nodes did so at once, the last
    /// may have missed the other's.
    /// </summary>
    public void Settle(IReadOnlyList<MemberRange> completed)
    {
        foreach (var batch in completed)
        {
            var members = new BatchRestart(Parts, batch).Members().Active(batch);
            Parts.Store.SetCommitted(members, Parts.Schedule.LeadTime(Parts.Schedule.Last));
        }
    }

    /// <summary>The process that opened the run for others has closed it.</summary>
    public void Release() => _folder.Release();

    public void Dispose()
    {
        _journal.Dispose();
        _folder.Dispose();
    }

    private RunResult Done()
    {
        _derived.Drop(Parts.Observer);
        foreach (var batch in Batches)
        {
            Parts.Observer.On(new BatchCompleted(0) { Batch = batch });
        }

        Parts.Observer.On(new RunEnded(RunOutcome.Completed, 0, TimeSpan.Zero));
        return new RunResult(RunOutcome.Completed, Batches.Count, 0, TimeSpan.Zero, []);
    }
}
