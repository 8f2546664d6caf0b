using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

/// <summary>The simulated disk must be at least as cruel as a real one, or what is proven on it is worth nothing.</summary>
public sealed class RecordingFilesTests
{
    private const int Samples = 200;

    private static readonly byte[] Content = [1, 2, 3, 4, 5, 6, 7, 8];

    private static void Write(RecordingFiles files, string path, bool sync)
    {
        using var file = files.Create(path);
        file.Write(Content);
        if (sync)
            file.Sync();

        file.Close();
    }

    [Fact]
    public void A_file_without_its_directorys_fsync_may_be_lost_or_kept()
    {
        var files = new RecordingFiles("/d");
        Write(files, "/d/a", sync: true);
        var found = files.CrashStates(Samples).Select(c => c.FileExists("/d/a")).ToHashSet();
        Assert.Equal([false, true], found.Order());
        Assert.All(
            files.CrashStates(Samples).Where(c => c.FileExists("/d/a")),
            c => Assert.Equal(Content, c.ReadAll("/d/a")));
    }

    [Fact]
    public void A_files_bytes_without_its_fsync_may_be_missing_short_or_garbage()
    {
        var files = new RecordingFiles("/d");
        Write(files, "/d/a", sync: false);
        files.SyncDirectory("/d");
        var states = files.CrashStates(Samples).Select(c => c.ReadAll("/d/a")).ToList();
        Assert.Contains(states, s => s.Length == 0);
        Assert.Contains(states, s => s.Length is > 0 and < 8);
        Assert.Contains(states, s => s.Length == 8 && !s.AsSpan().SequenceEqual(Content));
        Assert.Contains(states, s => s.AsSpan().SequenceEqual(Content));
    }

    [Fact]
    public void What_was_fsynced_with_its_directory_is_always_there()
    {
        var files = new RecordingFiles("/d");
        Write(files, "/d/a", sync: true);
        files.SyncDirectory("/d");
        Assert.All(files.CrashStates(Samples), c => Assert.Equal(Content, c.ReadAll("/d/a")));
    }

    [Fact]
    public void A_rename_between_directories_never_loses_the_file_but_may_leave_both_names()
    {
        var files = new RecordingFiles("/d", "/e");
        Write(files, "/d/a", sync: true);
        files.SyncDirectory("/d");
        files.Rename("/d/a", "/e/b");
        var states = files.CrashStates(Samples).Select(c => (c.FileExists("/d/a"), c.FileExists("/e/b"))).ToHashSet();
        Assert.Equal([(true, false), (false, true), (true, true)], states.OrderBy(s => s.Item2).ThenBy(s => s.Item1));
    }

    [Fact]
    public void After_a_failed_fsync_a_second_one_lies()
    {
        var files = new RecordingFiles("/d");
        files.Plant(new Fault(1, Fault.EIO, "fsync", "/d/a"));
        using (var file = files.Create("/d/a"))
        {
            file.Write(Content);
            Assert.Throws<DurableIOException>(file.Sync);
            file.Sync();
            file.Close();
        }

        files.SyncDirectory("/d");
        Assert.Contains(files.CrashStates(Samples), c => !c.ReadAll("/d/a").AsSpan().SequenceEqual(Content));
    }

    [Fact]
    public void Faults_hit_the_nth_call_and_a_short_write_leaves_half()
    {
        var files = new RecordingFiles("/d");
        files.Plant(new Fault(2, Fault.ENOSPC, "write", Effect: FaultEffect.Partial));
        using (var file = files.Create("/d/a"))
        {
            file.Write(Content);
            Assert.True(Assert.Throws<DurableIOException>(() => file.Write(Content)).DiskFull);
        }

        Assert.Equal(12, files.ReadAll("/d/a").Length);
        files.Plant(new Fault(1, Fault.EIO, "rename", Effect: FaultEffect.Full));
        Assert.Throws<DurableIOException>(() => files.Rename("/d/a", "/d/b"));
        Assert.True(files.FileExists("/d/b"));
    }

    [Fact]
    public void Without_power_nothing_more_happens()
    {
        var files = new RecordingFiles("/d");
        files.PowerOffAfter(1);
        var file = files.Create("/d/a");
        Assert.Throws<PowerOffException>(() => file.Write(Content));
        Assert.Throws<PowerOffException>(() => files.List("/d"));
    }

    /// <summary>The pattern "write a temporary file, fsync, rename, fsync the directory", cut at every call: the reader sees old or new,
    /// whole.</summary>
    [Fact]
    public void An_atomic_replacement_holds_at_every_crash_point_and_breaks_without_its_fsync()
    {
        Assert.Equal(0, TornStates(sync: true));
        Assert.NotEqual(0, TornStates(sync: false));
    }

    private static int TornStates(bool sync)
    {
        byte[] old = [9, 9];
        var torn = 0;
        for (var calls = 0; calls < 6; calls++)
        {
            var files = new RecordingFiles("/d");
            files.Seed("/d/a", old);
            files.PowerOffAfter(calls);
            try
            {
                Write(files, "/d/.a", sync);
                files.Rename("/d/.a", "/d/a");
                files.SyncDirectory("/d");
            }
            catch (PowerOffException)
            {
                // That is where this round ends.
            }

            torn += files.CrashStates(Samples).Select(c => c.ReadAll("/d/a"))
                .Count(s => !s.AsSpan().SequenceEqual(old) && !s.AsSpan().SequenceEqual(Content));
        }

        return torn;
    }
}
