using System.Runtime.ExceptionServices;
using Cairn.Engine.Pictures;
using Cairn.Storage.Chm;
using Cairn.Storage.Derived;

namespace Cairn.Engine.Rollouts;

/// <summary>A run that this process holds: its lock, its batches, and what they share. Ends with <see cref="Finish"/>.</summary>
internal sealed class OpenRun(
    RunFolder folder, RunJournal journal, RunContext parts, IReadOnlyList<MemberRange> batches, DerivedOutput derived, bool dropped)
    : IDisposable
{
    private readonly long _started = parts.Options.Time.GetTimestamp();

    /// <summary>What all batches share.</summary>
    public RunContext Parts { get; } = parts;

    /// <summary>The batches that the ensemble is cut into.</summary>
    public IReadOnlyList<MemberRange> Batches { get; } = batches;

    /// <summary>Batches that there is anything to do for: none of a run that has ended and whose members' fields were dropped then, since
    /// nothing of it could be computed again.</summary>
    public IReadOnlyList<MemberRange> Work => dropped ? [] : Batches;

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
            return (batch, BatchMembers.All, 0, false);
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

    /// <summary>Ends the run: draws what is committed, derives what is complete, and reports how it went.</summary>
    public RunResult Finish(
        long steps, IReadOnlyList<(MemberRange Batch, Exception Error)> failures, bool unfinished, int? members = null)
    {
        var outcome = failures.Count > 0 ? RunOutcome.Failed : unfinished ? RunOutcome.Stopped : RunOutcome.Completed;
        if (dropped)
            return Done();
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
            derived.Write(Parts.Store, members, Parts.Observer);
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

    /// <summary>Writes again what is committed of batches that have ended, while no other process writes: if two nodes did so at once, the
    /// last may have missed the other's.</summary>
    public void Settle(IReadOnlyList<MemberRange> completed)
    {
        foreach (var batch in completed)
        {
            var members = new BatchRestart(Parts, batch).Members().Active(batch);
            Parts.Store.SetCommitted(members, Parts.Schedule.LeadTime(Parts.Schedule.Last));
        }
    }

    /// <summary>The process that opened the run for others has closed it.</summary>
    public void Release() => folder.Release();

    public void Dispose()
    {
        journal.Dispose();
        folder.Dispose();
    }

    private RunResult Done()
    {
        derived.Drop(Parts.Observer);
        foreach (var batch in Batches)
            Parts.Observer.On(new BatchCompleted(0) { Batch = batch });
        Parts.Observer.On(new RunEnded(RunOutcome.Completed, 0, TimeSpan.Zero));
        return new RunResult(RunOutcome.Completed, Batches.Count, 0, TimeSpan.Zero, []);
    }
}

/// <summary>Draws the picture of a run's fields once nothing is written any more.</summary>
internal static class RunPicture
{
    /// <returns>The picture, or null when none was asked for or none could be drawn; a warning then says why.</returns>
    public static string? Draw(RunSpec spec, RunOptions options, IRunObserver observer)
    {
        if (spec.Output is not { Path: { } store, Picture: { } target })
            return null;
        try
        {
            SweepLeftovers(options.Files, target);
            var drawn = ForecastPicture.Draw(options.FilesOf(spec), store, target, PictureCaption.Of(spec));
            observer.On(new PictureDrawn(drawn.Path, drawn.Bytes));
            return drawn.Path;
        }
        catch (Exception e)
        {
            // Whatever went wrong, the fields and sessions are whole, and the picture can be drawn again from them.
            observer.On(new RunWarning($"no picture was drawn: {e.Message}"));
            return null;
        }
    }

    /// <summary>Leftovers of earlier attempts by killed processes; the code that draws here holds the run.</summary>
    private static void SweepLeftovers(IDurableFiles files, string target)
    {
        if (files.DirectoryExists(Path.GetDirectoryName(target)!))
            DerivedFile.Sweep(files, target);
    }
}
