using System.Globalization;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Doctor;

/// <summary>Measures how long a disk takes to make bytes durable.</summary>
/// <param name="files">The file system.</param>
/// <param name="time">The clock.</param>
/// <param name="scratch">A directory to write in.</param>
/// <param name="mebibytes">How much to write for the write speed.</param>
internal sealed class DiskSpeed(IDurableFiles files, TimeProvider time, string scratch, int mebibytes)
{
    private const int Syncs = 20;
    private const int SmallBytes = 4096;

    private static readonly TimeSpan SlowSync = TimeSpan.FromMilliseconds(100);

    /// <summary>The median of 20 writes of 4 KiB with fsync.</summary>
    public Finding SyncLatency()
    {
        var took = new List<TimeSpan>();
        using var file = files.Create(Path.Combine(scratch, "latency"));
        for (var i = 0; i < Syncs; i++)
        {
            file.Write(new byte[SmallBytes]);
            took.Add(Time(file.Sync));
        }

        file.Close();
        var median = took.Order().ElementAt(Syncs / 2);
        var found = string.Create(CultureInfo.InvariantCulture, $"{median.TotalMilliseconds:0.00} ms, the median of {Syncs}");
        return median > SlowSync
            ? Finding.Limited("fsync time", found, "A commit makes several: use a longer checkpoint.flush-interval, or a faster disk.")
            : Finding.Good("fsync time", found);
    }

    /// <summary>The speed of a sequential write with fsync at the end, as of a commit's arrays.</summary>
    public Finding WriteBandwidth()
    {
        // Not zeros, which a compressing file system would write faster.
        var block = new byte[1 << 20];
        new Random(1).NextBytes(block);
        using var file = files.Create(Path.Combine(scratch, "bandwidth"));
        var took = Time(() =>
        {
            for (var i = 0; i < mebibytes; i++)
                file.Write(block);

            file.Sync();
        });
        file.Close();
        var rate = mebibytes / Math.Max(took.TotalSeconds, 1e-6);
        return Finding.Good("write speed",
            string.Create(CultureInfo.InvariantCulture, $"{rate:0} MiB/s over {mebibytes} MiB, fsync included"));
    }

    private TimeSpan Time(Action act)
    {
        var begun = time.GetTimestamp();
        act();
        return time.GetElapsedTime(begun);
    }
}
