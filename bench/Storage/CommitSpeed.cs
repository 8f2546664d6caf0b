using System.Diagnostics;
using Cairn.Storage.Catalog;

namespace Cairn.Bench.Storage;

/// <summary>
/// A durable commit against <c>dd conv=fsync</c> of the same bytes, and against what a step loop sees of an asynchronous one.
/// </summary>
internal sealed class CommitSpeed(string scratch, int rounds)
{
    public void Run(int mebibytes)
    {
        var state = BenchState.OfSize((long)mebibytes << 20);
        var source = Path.Combine(scratch, "source");
        using (var file = File.Create(source))
        {
            foreach (var array in state.Members.Values.Cast<Cairn.Storage.Arrays.NdArray>())
                file.Write(array.Data.Span);
        }

        using var append = Open("append", CheckpointMode.Append, CheckpointStaging.Synchronous, state);
        using var overwrite = Open("overwrite", CheckpointMode.Overwrite, CheckpointStaging.Synchronous, state);
        using var background = Open("background", CheckpointMode.Append, CheckpointStaging.Asynchronous, state);
        new Measured($"commit of {mebibytes} MiB", "dd conv=fsync", "commit", "commit and removal of an older one")
            .Rounds(rounds, () => Dd.Copy(source, Path.Combine(scratch, "copy")), () => Commit(append), () => Commit(overwrite))
            .Print();
        new Measured($"what the step loop sees of {mebibytes} MiB", "synchronous commit", "asynchronous commit", "the same to its end")
            .Rounds(rounds, () => Commit(append), () => Stall(background), () => _end)
            .Print();
        File.Delete(source);
    }

    private CheckpointSession Open(string name, CheckpointMode mode, CheckpointStaging staging, BenchState state)
    {
        var path = Path.Combine(scratch, name);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);

        var session = BenchState.Catalog(path, mode, staging).Open();
        session.Bind(state);
        return session;
    }

    private static double Commit(CheckpointSession session)
    {
        var time = Measured.Milliseconds(() => session.Write());
        RemoveOlder(session);
        return time;
    }

    private double _end;

    private double Stall(CheckpointSession session)
    {
        var clock = Stopwatch.StartNew();
        session.Write();
        var stall = clock.Elapsed.TotalMilliseconds;
        session.Drain();
        _end = clock.Elapsed.TotalMilliseconds;
        RemoveOlder(session);
        return stall;
    }

    /// <summary>Keeps the disk from filling up, outside of what is measured.</summary>
    private static void RemoveOlder(CheckpointSession session)
    {
        if (session.Checkpoint.Options.Mode == CheckpointMode.Append)
        {
            foreach (var row in session.Checkpoint.Rows.SkipLast(1))
                Directory.Delete(row.Directory, recursive: true);
        }
    }
}
