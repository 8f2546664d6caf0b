using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

public sealed class CheckpointTests
{
    private readonly RecordingFiles _files = new("/data");

    [Fact]
    public void What_was_written_is_restored_by_the_next_open()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(3);

        using var session = catalog.Checkpoint().Open();
        var state = session.Bind(new WindState());

        Assert.True(session.Exists);
        Assert.True(state.StateLoaded);
        Assert.Equal(3, state.Value.Step);
        Assert.Equal([3.0, 3.5, 6.0], state.Value.U!.AsSpan<double>().ToArray());
        Assert.Equal(TimeSpan.FromHours(3), state.LeadTime);
        Assert.Equal(3, state.WriteCount);
        Assert.Empty(catalog.Warnings);
    }

    [Fact]
    public void An_empty_place_opens_as_a_new_session_and_creates_nothing()
    {
        using var session = new TestCatalog(_files).Checkpoint().Open();

        Assert.False(session.Exists);
        Assert.Null(session.LeadTime);
        Assert.False(session.Bind(new WindState()).StateLoaded);
        Assert.False(_files.DirectoryExists(TestCatalog.Path));
    }

    [Fact]
    public void Only_every_interval_th_boundary_commits()
    {
        using var session = new TestCatalog(_files).Checkpoint(o => o with { FlushInterval = 3 }).Open();
        var state = session.Bind(new WindState());
        var due = new List<bool>();
        var rows = new List<int?>();
        for (var i = 0; i < 7; i++)
        {
            due.Add(state.FlushDue);
            rows.Add(session.Write(TestCatalog.LeadTime(i))?.WriteCount);
        }

        Assert.Equal([false, false, true, false, false, true, false], due);
        Assert.Equal([null, null, 3, null, null, 6, null], rows);
        Assert.Equal(7, session.Flush()!.WriteCount);
        Assert.Null(session.Flush());
        Assert.NotNull(session.Flush(TestCatalog.LeadTime(9)));
    }

    [Fact]
    public void Without_an_interval_only_flush_commits()
    {
        using var session = new TestCatalog(_files).Checkpoint(o => o with { FlushInterval = null }).Open();

        Assert.Null(session.Write(TestCatalog.LeadTime(1)));
        Assert.False(session.FlushDue);
        Assert.Equal(TimeSpan.FromHours(1), session.Flush()!.LeadTime);
    }

    [Fact]
    public void Metadata_sticks_and_later_values_win()
    {
        using var session = new TestCatalog(_files).Checkpoint().Open();
        session.Write(new Dictionary<string, object?> { ["a"] = 1, ["b"] = "x" });
        var row = session.Write(new Dictionary<string, object?> { ["b"] = "y" })!;

        Assert.Equal(1L, row.Metadata["a"]);
        Assert.Equal("y", row.Metadata["b"]);
        Assert.Equal("y", session.Metadata["b"]);
    }

    [Fact]
    public void Metadata_is_what_it_was_when_given_and_one_element_arrays_become_scalars()
    {
        var list = new List<object?> { 1 };
        using var session = new TestCatalog(_files).Checkpoint(o => o with { FlushInterval = 2 }).Open();
        session.Write(new Dictionary<string, object?>
        {
            ["list"] = list,
            ["one"] = NdArray.From([0.25f], 1, 1),
            ["many"] = NdArray.From([1, 2, 3], 3),
        });
        list.Add(2);
        var row = session.Write()!;

        Assert.Equal([1L], Assert.IsType<List<object?>>(row.Metadata["list"]));
        Assert.Equal(0.25, row.Metadata["one"]);
        var reread = new TestCatalog(_files).Checkpoint().Rows.Single();
        Assert.Equal([1, 2, 3], Assert.IsType<NdArray>(reread.Metadata["many"]).AsSpan<int>().ToArray());
    }

    [Theory]
    [InlineData(CheckpointMode.Overwrite, null, 1, 1)]
    [InlineData(CheckpointMode.Append, null, 5, 0)]
    [InlineData(CheckpointMode.Append, 2, 2, 0)]
    [InlineData(CheckpointMode.Append, 1, 1, 1)]
    public void The_mode_decides_which_rows_stay(CheckpointMode mode, int? history, int rows, int fallback)
    {
        var catalog = new TestCatalog(_files, mode);
        catalog.WriteRows(5, o => o with { HistorySize = history });

        Assert.Equal(Enumerable.Range(6 - rows, rows), catalog.Checkpoint().Rows.Select(r => r.WriteCount));
        Assert.Equal(rows, _files.List(TestCatalog.Path + "/commits").Count);
        Assert.Equal(fallback, _files.List(TestCatalog.Path + "/fallback").Count);
        Assert.DoesNotContain(_files.List(TestCatalog.Path), e => e.Name.StartsWith('.'));
    }

    [Fact]
    public void In_overwrite_mode_a_damaged_row_gives_way_to_the_fallback()
    {
        var catalog = new TestCatalog(_files, CheckpointMode.Overwrite);
        catalog.WriteRows(4);
        var row = catalog.Checkpoint().Rows.Single();
        var array = row.Directory + "/states/" + PayloadJson.ShortName("tests.Wind") + "/u.npy";
        var bytes = _files.ReadAll(array);
        bytes[^1] ^= 1;
        _files.DeleteFile(array);
        _files.Seed(array, bytes);

        using var session = catalog.Checkpoint().Open();

        Assert.Equal(3, session.Bind(new WindState()).Value.Step);
        Assert.Contains("u.npy is damaged", Assert.Single(catalog.Warnings).Defect, StringComparison.Ordinal);
        Assert.Equal(4, session.Write(TestCatalog.LeadTime(4))!.WriteCount);
        Assert.Equal(4, catalog.Checkpoint().Rows.Single().WriteCount);
        Assert.Single(_files.List(TestCatalog.Path + "/fallback"));
    }

    [Fact]
    public void Level_0_stores_and_restores_no_state()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(1, o => o with { Level = 0 });
        Assert.Empty(catalog.Checkpoint().Rows.Single().StateIds);

        catalog.WriteRows(1);
        using var session = catalog.Checkpoint(o => o with { Level = 0 }).Open();
        Assert.False(session.Bind(new WindState()).StateLoaded);
        Assert.True(session.Exists);
    }

    [Fact]
    public void One_type_is_bound_once_unless_it_is_the_same_object()
    {
        using var session = new TestCatalog(_files).Checkpoint().Open();
        var state = new WindState();
        var bound = session.Bind(state);

        Assert.Same(bound, session.Bind(state));
        var e = Assert.Throws<CheckpointStateCollisionException>(() => session.Bind(new WindState()));
        Assert.Contains("tests.Wind", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_commit_restores_the_counters_and_leaves_no_staging()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(1);
        using var session = catalog.Checkpoint().Open();
        session.Bind(new WindState());
        _files.Plant(new Fault(2, Fault.ENOSPC, "write"));

        var e = Assert.Throws<Storage.Durable.DurableIOException>(() => session.Write(TestCatalog.LeadTime(2)));

        Assert.True(e.DiskFull);
        Assert.Equal(1, session.WriteCount);
        Assert.Equal(TimeSpan.FromHours(1), session.LeadTime);
        Assert.DoesNotContain(_files.List(TestCatalog.Path), entry => entry.Name.StartsWith('.'));
        _files.Heal();
        Assert.Equal(2, session.Write(TestCatalog.LeadTime(2))!.WriteCount);
        Assert.Equal(2, catalog.Checkpoint().Rows.Count);
    }

    [Fact]
    public void What_must_be_durable_first_runs_after_staging_and_can_stop_the_commit()
    {
        var catalog = new TestCatalog(_files);
        using var session = catalog.Checkpoint().Open();
        var staged = false;

        session.Write(beforeCommit: () => staged =
            _files.List(TestCatalog.Path).Any(e => e.Name.StartsWith(".tmp_", StringComparison.Ordinal))
            && _files.List(TestCatalog.Path + "/commits").Count == 0);
        Assert.True(staged);
        Assert.Throws<DataException>(() => session.Write(beforeCommit: () => throw new DataException("no field")));
        Assert.Single(catalog.Checkpoint().Rows);
        Assert.Equal(1, session.WriteCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"entries\": [")]
    [InlineData("{\"version\": 1, \"entries\": []}")]
    public void A_lost_or_garbled_index_costs_nothing(string garbage)
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(2);
        var index = _files.ReadAll(TestCatalog.Path + "/catalog.json");
        _files.DeleteFile(TestCatalog.Path + "/catalog.json");
        _files.Seed(TestCatalog.Path + "/catalog.json", System.Text.Encoding.UTF8.GetBytes(garbage));

        Assert.Equal([1, 2], catalog.Checkpoint().Rows.Select(r => r.WriteCount));
        using (var session = catalog.Checkpoint(o => o with { HistorySize = 2 }).Open())
        {
            session.Write(TestCatalog.LeadTime(3));
        }

        Assert.NotEqual(index, _files.ReadAll(TestCatalog.Path + "/catalog.json"));
        Assert.Equal(2, CatalogIndex.CommitIds(_files, TestCatalog.Path).Count);
    }

    [Fact]
    public void A_row_that_the_index_names_and_the_disk_lost_is_reported()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(2);
        Storage.Durable.DurableTree.DeleteTree(_files, catalog.Checkpoint().Rows[1].Directory);

        using var session = catalog.Checkpoint().Open();

        Assert.Equal(1, session.WriteCount);
        Assert.Contains("is missing", Assert.Single(session.Skipped).Defect, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, 2)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 1, 3)]
    public void A_setting_out_of_range_is_refused(int interval, int? history, int level) => Assert.Throws<SpecException>(() =>
        new Checkpoint("x", new CheckpointOptions { Path = "/data", FlushInterval = interval, HistorySize = history, Level = level }));

    [Fact]
    public void A_clock_set_back_does_not_put_a_row_before_its_parent()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(1);
        catalog.Time.Now -= TimeSpan.FromDays(1);
        using var session = catalog.Checkpoint().Open();
        session.Write(TestCatalog.LeadTime(2));

        Assert.True(string.CompareOrdinal(session.Row!.SavedAt, catalog.Checkpoint().Rows[0].SavedAt) > 0);
    }
}
