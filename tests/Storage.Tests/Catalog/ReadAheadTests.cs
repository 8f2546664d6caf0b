using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>A restore reads each file once; what it hands out agreed with the digests, and so did all of its session before that.</summary>
public sealed class ReadAheadTests
{
    private readonly RecordingFiles _disk = new("/data");
    private readonly ListingFiles _files;

    public ReadAheadTests()
    {
        _files = new ListingFiles(_disk);
        var catalog = new TestCatalog(_disk);
        using var session = catalog.Checkpoint().Open();
        var (wind, draws) = (session.Bind(new WindState()).Value, session.Bind(new DrawState()).Value);
        for (var step = 1; step <= 2; step++)
        {
            (wind.Step, wind.U, draws.Draws) = (step, TestCatalog.Wind(step).U, step);
            session.Write(TestCatalog.LeadTime(step));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_file_of_the_restored_commit_is_opened_and_read_once(bool beginsAnEpoch)
    {
        var checkpoint = new TestCatalog(_files, process: 2).Checkpoint();
        if (beginsAnEpoch)
            checkpoint.BeginEpoch();

        using var session = checkpoint.Open();
        Assert.Equal(2, session.Bind(new WindState()).Value.Step);
        Assert.Equal(2, session.Bind(new DrawState()).Value.Draws);

        var commit = session.Row!.Directory + "/states/";
        var opened = _files.Opened.Where(path => path.StartsWith(commit, StringComparison.Ordinal)).ToList();
        Assert.Equal(3, opened.Count);
        Assert.Equal(opened.Count, opened.Distinct().Count());
    }

    [Fact]
    public void Damage_in_any_file_of_a_session_is_found_before_anything_of_it_is_bound()
    {
        var newest = new TestCatalog(_disk).Checkpoint().Rows[1].Directory;
        foreach (var path in _disk.FilesBelow(newest).Where(p => !p.EndsWith("/manifest.json", StringComparison.Ordinal)).ToList())
        {
            var whole = _disk.ReadAll(path);
            Replace(path, [.. whole[..^1], (byte)(whole[^1] ^ 1)]);
            using (var session = new TestCatalog(_files, process: 2).Checkpoint().Open())
            {
                Assert.Equal(1, session.WriteCount);
                Assert.Contains(path, Assert.Single(session.Skipped).Defect, StringComparison.Ordinal);
                Assert.Equal((1, 1L), (session.Bind(new WindState()).Value.Step, session.Bind(new DrawState()).Value.Draws));
            }

            Replace(path, whole);
        }
    }

    [Fact]
    public void Damage_that_comes_between_verifying_and_binding_changes_nothing_that_was_kept()
    {
        using var session = new TestCatalog(_files, process: 2).Checkpoint().Open();
        Damage(session.Row!.Directory);

        Assert.Equal(TestCatalog.Wind(2).U!.Data.ToArray(), session.Bind(new WindState()).Value.U!.Data.ToArray());
    }

    [Fact]
    public void What_finds_no_room_is_verified_all_the_same_and_checked_again_when_it_is_bound()
    {
        using var session = new TestCatalog(_files, process: 2).Checkpoint(o => o with { ReadAheadBytes = 8 }).Open();
        Assert.Equal(2, session.WriteCount);
        Damage(session.Row!.Directory);

        Assert.Contains("damaged", Assert.Throws<DataException>(() => session.Bind(new WindState())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_owner_of_a_restored_array_writes_into_it_reaches_no_later_restore()
    {
        using var session = new TestCatalog(_files, process: 2).Checkpoint().Open();
        session.Bind(new WindState()).Value.U!.AsSpan<double>().Fill(-1);
        session.Dispose();
        using var again = new TestCatalog(_files, process: 3).Checkpoint().Open();

        Assert.Equal(TestCatalog.Wind(2).U!.Data.ToArray(), again.Bind(new WindState()).Value.U!.Data.ToArray());
    }

    [Fact]
    public void What_nobody_bound_is_let_go_at_the_first_write_and_read_anew_for_a_late_comer()
    {
        using var session = new TestCatalog(_files, process: 2).Checkpoint(o => o with { FlushInterval = 2 }).Open();
        Assert.Equal(2, session.WriteCount);
        session.Write(TestCatalog.LeadTime(3));
        _files.Opened.Clear();

        Assert.Equal(2, session.Bind(new WindState()).Value.Step);

        Assert.Equal(2, _files.Opened.Count);
    }

    [Fact]
    public void No_more_is_kept_than_there_is_room_for_and_each_array_is_handed_out_once()
    {
        var kept = new VerifiedCommit(limitBytes: 0);
        Assert.False(kept.HasRoom(1));

        var some = new VerifiedCommit(limitBytes: 24);
        some.Keep("a", NdArray.From([1.0, 2.0], 2));
        Assert.True(some.HasRoom(8));
        Assert.False(some.HasRoom(9));
        Assert.NotNull(some.Take("a"));
        Assert.Null(some.Take("a"));
    }

    private void Damage(string commit)
    {
        var array = _disk.FilesBelow(commit).First(p => p.EndsWith(".npy", StringComparison.Ordinal));
        var bytes = _disk.ReadAll(array);
        Replace(array, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
    }

    private void Replace(string path, byte[] bytes)
    {
        _disk.DeleteFile(path);
        _disk.Seed(path, bytes);
    }

    /// <summary>Notes which files are opened for reading.</summary>
    private sealed class ListingFiles(IDurableFiles inner) : PassingFiles(inner)
    {
        public List<string> Opened { get; } = [];

        public override Stream OpenRead(string path)
        {
            Opened.Add(path);
            return base.OpenRead(path);
        }
    }
}
