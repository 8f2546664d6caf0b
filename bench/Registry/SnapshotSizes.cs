using System.Diagnostics;
using System.Runtime.Serialization;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;

namespace Cairn.Bench.Registry;

/// <summary>What a run of many batches costs in memory and in the journal: deciding, its snapshot, what it takes to come back.</summary>
internal static class SnapshotSizes
{
    public static void Run()
    {
        foreach (var batches in new[] { 1000, 10_000, 50_000, RunWork.MaxBatches })
        {
            var clock = Stopwatch.StartNew();
            var book = Submitted(batches);
            JournalEvent? opened = null;
            foreach (var happened in Past.Events(book, batches, batches))
            {
                opened = happened as RunOpened ?? opened;
                book = book.Apply(happened);
            }

            var carried = clock.Elapsed;
            clock.Restart();
            var snapshot = PackedSnapshot.Pack(book.ToSnapshot());
            var packed = clock.Elapsed;
            clock.Restart();
            _ = RunBook.Of(PackedSnapshot.Unpack<RunBookSnapshot>(snapshot)!);
            Console.WriteLine($"{batches,7} batches: {carried.TotalMicroseconds / batches:0} us a batch decided (grant, began, session, "
                + $"end); its snapshot takes {packed.TotalMilliseconds:0} ms, {Written(snapshot)}, and is back in "
                + $"{clock.Elapsed.TotalMilliseconds:0} ms; the event that lays it out takes {Written(opened!)}");
        }
    }

    private static RunBook Submitted(int batches)
    {
        var run = new RunSubmission(
            "run-1", 1, "run", "{}", "/scratch/run", 0, 1, false, new Requirements(false, null), 3, batches, TimeSpan.FromHours(240),
            TimeSpan.FromMinutes(30), false, null);
        return RunBook.Empty.Apply(new RunSubmitted(run, DateTimeOffset.UnixEpoch));
    }

    private static string Written(object message)
    {
        try
        {
            return $"{CairnMessages.Table.Write(message).Length >> 10} KiB in the journal";
        }
        catch (SerializationException e)
        {
            return e.Message;
        }
    }
}
