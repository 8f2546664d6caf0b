using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.NetCdf;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Fields.Zarr;

public sealed class ZarrFieldStoreTests
{
    private const string Store = "/out/fields.zarr";

    internal static FieldLayout Layout(int members = 3, int leadTimes = 5, int perChunk = 2) => new()
    {
        Members = members,
        Time = CfTime.Parse("1990-01-16T14:00", CfCalendar.Standard, out _),
        LeadTimes = [.. Enumerable.Range(0, leadTimes).Select(i => TimeSpan.FromHours(6 * i))],
        Latitude = [-30, 0, 30],
        Longitude = [0, 90, 180, 270],
        Variables = [new FieldVariable("u", "m s-1", "zonal wind", "eastward_wind"), new FieldVariable("vorticity")],
        LeadTimesPerChunk = perChunk,
    };

    private static float[] Values(int member, int first, int count) =>
        [.. Enumerable.Range(0, count * 12).Select(i => (member * 1000) + (first * 12) + i + 0.25f)];

    private static RecordingFiles Disk() => new("/out");

    private static SortedDictionary<string, byte[]> Contents(RecordingFiles files, string root)
    {
        var contents = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in files.List(root))
        {
            var path = Path.Combine(root, entry.Name);
            if (entry.IsDirectory)
            {
                foreach (var (name, bytes) in Contents(files, path))
                    contents[$"{entry.Name}/{name}"] = bytes;
            }
            else
            {
                contents[entry.Name] = files.ReadAll(path);
            }
        }

        return contents;
    }

    // Level 1 of .NET's zlib once wrote such chunks longer than its reader would take: bytes from 144 on cost it nine bits each.
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void A_chunk_that_compression_makes_longer_reads_back(int level)
    {
        var random = new Random(level);
        var grid = Enumerable.Range(0, 100).Select(i => i * 0.5).ToArray();
        var layout = Layout(perChunk: 1) with { CompressionLevel = level, Latitude = grid, Longitude = grid };
        byte Long() => (byte)random.Next(144, 255);
        float[] values = [.. grid.SelectMany(_ => grid).Select(_ => BitConverter.ToSingle([Long(), Long(), Long(), Long()]))];
        var store = ZarrFieldStore.Open(Disk(), Store, layout);

        store.WriteChunk(0, 0, "u", values);

        Assert.Equal(values.Select(v => (double)v), store.ReadChunk(0, 0, "u"));
    }

    [Theory]
    [InlineData(0, FieldPrecision.Single)]
    [InlineData(1, FieldPrecision.Single)]
    [InlineData(1, FieldPrecision.Double)]
    [InlineData(9, FieldPrecision.Double)]
    public void Chunks_read_back_and_unwritten_parts_are_missing(int level, FieldPrecision precision)
    {
        var store = ZarrFieldStore.Open(Disk(), Store, Layout() with { CompressionLevel = level, Precision = precision });
        store.WriteChunk(1, 2, "u", Values(1, 2, 2));
        store.WriteChunk(1, 4, "u", Array.ConvertAll(Values(1, 4, 1), v => (double)v));
        Assert.Equal(Values(1, 2, 2).Select(v => (double)v), store.ReadChunk(1, 2, "u"));
        Assert.Equal(Values(1, 4, 1).Select(v => (double)v).Concat(Enumerable.Repeat(double.NaN, 12)), store.ReadChunk(1, 4, "u"));
        Assert.Null(store.ReadChunk(1, 0, "u"));
        Assert.Null(store.ReadChunk(1, 2, "vorticity"));
    }

    [Fact]
    public void What_does_not_fit_the_layout_is_refused()
    {
        var store = ZarrFieldStore.Open(Disk(), Store, Layout());
        Assert.Throws<SpecException>(() => store.WriteChunk(3, 0, "u", Values(0, 0, 1)));
        Assert.Throws<SpecException>(() => store.WriteChunk(-1, 0, "u", Values(0, 0, 1)));
        Assert.Throws<SpecException>(() => store.WriteChunk(0, 1, "u", Values(0, 0, 1)));
        Assert.Throws<SpecException>(() => store.WriteChunk(0, 6, "u", Values(0, 0, 1)));
        Assert.Throws<SpecException>(() => store.WriteChunk(0, 0, "t", Values(0, 0, 1)));
        Assert.Throws<SpecException>(() => store.WriteChunk(0, 0, "u", Values(0, 0, 3)));
        Assert.Throws<SpecException>(() => store.WriteChunk(0, 0, "u", new float[13]));
        Assert.Throws<SpecException>(() => store.WriteChunk(0, 0, "u", Array.Empty<float>()));
        Assert.Throws<SpecException>(() => store.SetCommitted([3], TimeSpan.Zero));
    }

    [Fact]
    public void Equal_layouts_give_equal_bytes_also_when_one_grew()
    {
        var fresh = Disk();
        ZarrFieldStore.Open(fresh, Store, Layout(members: 4, leadTimes: 1500));
        var grown = Disk();
        ZarrFieldStore.Open(grown, Store, Layout(members: 2, leadTimes: 3));
        ZarrFieldStore.Open(grown, Store, Layout(members: 2, leadTimes: 1025));
        ZarrFieldStore.Open(grown, Store, Layout(members: 4, leadTimes: 1500));
        var (a, b) = (Contents(fresh, Store), Contents(grown, Store));
        Assert.Equal(a.Keys, b.Keys);
        Assert.All(a, file => Assert.Equal(file.Value, b[file.Key]));
    }

    [Fact]
    public void A_store_stays_the_runs_that_it_is_and_one_without_a_mark_gets_it_once()
    {
        var (marked, files) = (Disk(), Disk());
        ZarrFieldStore.Open(marked, Store, Layout() with { Run = "a" });
        ZarrFieldStore.Open(files, Store, Layout());
        Assert.Null(ZarrFieldStore.RunOf(files, Store));

        ZarrFieldStore.Open(files, Store, Layout() with { Run = "a" });

        Assert.Equal("a", ZarrFieldStore.RunOf(files, Store));
        Assert.Equal(Contents(marked, Store), Contents(files, Store));
        var before = files.Operations.Count;
        var error = Assert.Throws<SpecException>(() => ZarrFieldStore.Open(files, Store, Layout(members: 9) with { Run = "b" }));
        Assert.Contains("belongs to another run: it has run = a, expected b", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, files.Operations.Count);
        ZarrFieldStore.Open(files, Store, Layout(members: 9));
        Assert.Equal("a", ZarrFieldStore.RunOf(files, Store));
        Assert.Equal("a", ZarrFieldStore.OpenExisting(files, Store).Layout.Run);
    }

    [Fact]
    public void Opening_again_writes_nothing_and_growing_keeps_chunks_and_commits()
    {
        var files = Disk();
        var store = ZarrFieldStore.Open(files, Store, Layout());
        store.WriteChunk(2, 0, "u", Values(2, 0, 2));
        store.SetCommitted([2], TimeSpan.FromHours(6));
        var before = files.Operations.Count;
        ZarrFieldStore.Open(files, Store, Layout());
        Assert.Equal(before, files.Operations.Count);

        var grown = ZarrFieldStore.Open(files, Store, Layout(members: 10, leadTimes: 9));
        Assert.Equal(Values(2, 0, 2).Select(v => (double)v), grown.ReadChunk(2, 0, "u"));
        Assert.Equal(TimeSpan.FromHours(6), grown.Committed(2));
        Assert.Null(grown.Committed(9));
        Assert.Equal("PT6H", (string?)Committed(files)["2"]);
        grown.SetCommitted([9, 2], TimeSpan.FromHours(30));
        Assert.Equal("""{"2":"P1DT6H","9":"P1DT6H"}""", Committed(files).ToJsonString());
    }

    [Fact]
    public void A_commit_opens_no_more_files_the_more_members_there_are_and_one_that_changes_nothing_writes_none()
    {
        var files = Disk();
        var store = ZarrFieldStore.Open(files, Store, Layout(members: 100));
        store.SetCommitted([.. Enumerable.Range(0, 100)], TimeSpan.FromHours(6));
        var opened = files.Opened;
        store.SetCommitted([7], TimeSpan.FromHours(12));
        Assert.InRange(files.Opened - opened, 1, 4);

        var before = files.Operations.Count;
        store.SetCommitted([7], TimeSpan.FromHours(12));
        Assert.Equal(before, files.Operations.Count);
        var said = Committed(files);
        Assert.Equal(["PT6H", "PT12H", "PT6H"], new[] { "6", "7", "99" }.Select(name => (string?)said[name]));
        Assert.Equal(Enumerable.Range(0, 100), said.Select(s => int.Parse(s.Key, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_attribute_of_many_members_is_rewritten_for_a_hundredth_of_them_and_never_says_more_than_the_array()
    {
        var files = Disk();
        var store = ZarrFieldStore.Open(files, Store, Layout(members: 500));
        store.SetCommitted([.. Enumerable.Range(0, 500)], TimeSpan.FromHours(6));
        foreach (var member in Enumerable.Range(0, 4))
            store.SetCommitted([member], TimeSpan.FromHours(12));

        Assert.Equal("PT6H", Said(0));
        Assert.Equal(TimeSpan.FromHours(12), store.Committed(0));
        store.SetCommitted([4], TimeSpan.FromHours(12));
        Assert.Equal(("PT12H", "PT12H", "PT6H"), (Said(0), Said(4), Said(5)));

        store.SetCommitted([0], TimeSpan.Zero);
        Assert.Equal("PT0S", Said(0));
        store.SetCommitted([7], TimeSpan.FromHours(12));
        store.SettleCommitted();
        Assert.Equal("PT12H", Said(7));

        string? Said(int member) => (string?)Committed(files)[member.ToString(CultureInfo.InvariantCulture)];
    }

    [Fact]
    public void What_another_process_has_committed_stays_in_the_attribute()
    {
        var files = Disk();
        var (one, other) = (ZarrFieldStore.Open(files, Store, Layout(members: 3)), ZarrFieldStore.Open(files, Store, Layout(members: 3)));
        one.SetCommitted([0], TimeSpan.FromHours(6));
        other.SetCommitted([1], TimeSpan.FromHours(6));
        one.SetCommitted([2], TimeSpan.FromHours(6));
        other.SetCommitted([0], TimeSpan.FromHours(12));
        one.SetCommitted([2], TimeSpan.FromHours(12));

        Assert.Equal("""{"0":"PT12H","1":"PT6H","2":"PT12H"}""", Committed(files).ToJsonString());
    }

    private static JsonObject Committed(RecordingFiles files) =>
        JsonNode.Parse((string)Attributes(files)["committed_lead_time"]!)!.AsObject();

    private static JsonNode Attributes(RecordingFiles files)
    {
        var direct = JsonNode.Parse(files.ReadAll($"{Store}/.zattrs"))!;
        var consolidated = JsonNode.Parse(files.ReadAll($"{Store}/.zmetadata"))!["metadata"]![".zattrs"]!;
        Assert.True(JsonNode.DeepEquals(direct, consolidated));
        return direct;
    }

    [Fact]
    public void Another_layout_is_refused_with_every_difference()
    {
        var files = Disk();
        ZarrFieldStore.Open(files, Store, Layout());
        string Refusal(FieldLayout layout) => Assert.Throws<SpecException>(() => ZarrFieldStore.Open(files, Store, layout)).Message;
        var message =
            Refusal(Layout(members: 2, leadTimes: 4, perChunk: 1) with { Precision = FieldPrecision.Double, CompressionLevel = 0 });
        Assert.Contains("members: found 3, expected 2", message, StringComparison.Ordinal);
        Assert.Contains("lead times: found 5, expected 4", message, StringComparison.Ordinal);
        Assert.Contains("u/.zarray chunks: found [1,1,2,3,4], expected [1,1,1,3,4]", message, StringComparison.Ordinal);
        Assert.Contains("u/.zarray dtype: found \"<f4\", expected \"<f8\"", message, StringComparison.Ordinal);
        Assert.Contains("compressor", message, StringComparison.Ordinal);
        Assert.Contains("latitude: the coordinate's values", Refusal(Layout() with { Latitude = [-30, 0, 31] }), StringComparison.Ordinal);
        Assert.Contains("lead_time: the coordinate's values",
            Refusal(Layout() with { LeadTimes = [.. Layout().LeadTimes.Select(t => t * 2)] }), StringComparison.Ordinal);
        Assert.Contains("time: the coordinate's values",
            Refusal(Layout() with { Time = Layout().Time.Add(TimeSpan.FromHours(1)) }), StringComparison.Ordinal);
        Assert.Contains("vorticity: found this variable", Refusal(Layout() with { Variables = [Layout().Variables[0]] }),
            StringComparison.Ordinal);
        Assert.Contains("found \"m s-1\", expected \"knots\"",
            Refusal(Layout() with { Variables = [Layout().Variables[0] with { Units = "knots" }, Layout().Variables[1]] }),
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"metadata\": {}}")]
    [InlineData("{\"metadata\": {\"ensemble/.zarray\": {\"shape\": [-1]}}}")]
    [InlineData("{\"metadata\": {\"ensemble/.zarray\": {\"shape\": \"x\"}}}")]
    [InlineData("{\"metadata\": {\"a\": 1, \"a\": 2}}")]
    public void Damaged_metadata_is_a_data_error(string text)
    {
        var files = Disk();
        ZarrFieldStore.Open(files, Store, Layout());
        files.DeleteFile($"{Store}/.zmetadata");
        files.Seed($"{Store}/.zmetadata", System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Throws<DataException>(() => ZarrFieldStore.Open(files, Store, Layout()));
    }

    [Fact]
    public void A_directory_of_somebody_elses_is_not_touched()
    {
        var files = Disk();
        files.CreateDirectory(Store);
        files.Seed($"{Store}/thesis.tex", [1]);
        Assert.Contains("thesis.tex", Assert.Throws<SpecException>(() => ZarrFieldStore.Open(files, Store, Layout())).Message,
            StringComparison.Ordinal);
        Assert.Single(files.List(Store));
    }

    [Fact]
    public void A_damaged_chunk_is_a_data_error()
    {
        foreach (var level in new[] { 0, 1 })
        {
            var files = Disk();
            var store = ZarrFieldStore.Open(files, Store, Layout() with { CompressionLevel = level });
            store.WriteChunk(0, 0, "u", Values(0, 0, 2));
            var good = files.ReadAll($"{Store}/u/0.0.0.0.0");
            foreach (var bad in new[] { good[..^5], [], level == 0 ? [.. good, 0] : [1, 2, 3, .. good[3..]] })
            {
                files.DeleteFile($"{Store}/u/0.0.0.0.0");
                files.Seed($"{Store}/u/0.0.0.0.0", bad);
                Assert.Contains("u/0.0.0.0.0", Assert.Throws<DataException>(() => store.ReadChunk(0, 0, "u")).Message,
                    StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_failed_write_leaves_the_old_chunk_and_nothing_else()
    {
        foreach (var call in new[] { "open", "write", "fsync", "close", "rename" })
        {
            var files = Disk();
            var store = ZarrFieldStore.Open(files, Store, Layout());
            store.WriteChunk(0, 0, "u", Values(0, 0, 2));
            files.Plant(new Fault(1, Fault.ENOSPC, call, Effect: call == "write" ? FaultEffect.Partial : FaultEffect.None));
            Assert.True(Assert.Throws<DurableIOException>(() => store.WriteChunk(0, 0, "u", Values(9, 0, 2))).DiskFull);
            Assert.Equal(Values(0, 0, 2).Select(v => (double)v), store.ReadChunk(0, 0, "u"));
            Assert.DoesNotContain(files.List($"{Store}/u"), e => e.Name.StartsWith(".tmp", StringComparison.Ordinal));
        }
    }

    /// <summary>Power fails at every call of: open, three chunks, sync, commit. Afterwards a reopened store works, and what was synced is
    /// there.</summary>
    [Theory]
    [InlineData(0, ".zmetadata")]
    [InlineData(3, "zarr.json")]
    public void After_power_failed_anywhere_the_store_opens_and_synced_chunks_are_whole(int version, string metadata)
    {
        const int Samples = 2;
        var layout = Layout() with { Version = version };
        var calls = Play(Disk(), layout).Calls;
        for (var cut = 0; cut <= calls; cut++)
        {
            var files = Disk();
            files.PowerOffAfter(cut);
            var (_, opened, synced) = Play(files, layout);
            foreach (var found in files.CrashStates(Samples, seed: cut * Samples))
            {
                if (opened)
                    Assert.True(found.FileExists($"{Store}/{metadata}"), $"cut {cut}");

                var store = ZarrFieldStore.Open(found, Store, layout);
                var chunk = store.ReadChunk(0, 0, "u");
                Assert.True(chunk is not null || !synced, $"cut {cut}");
                Assert.True(chunk is null || chunk.SequenceEqual(Values(0, 0, 2).Select(v => (double)v)), $"cut {cut}");
                store.SweepLeftovers();
                string[] folders = [Store, $"{Store}/u", $"{Store}/committed_lead_time"];
                Assert.DoesNotContain(folders.SelectMany(found.List), e => e.Name.StartsWith(".tmp_", StringComparison.Ordinal));
            }
        }
    }

    private static (int Calls, bool Opened, bool Synced) Play(RecordingFiles files, FieldLayout layout)
    {
        var (opened, synced) = (false, false);
        try
        {
            var store = ZarrFieldStore.Open(files, Store, layout);
            opened = true;
            store.WriteChunk(0, 0, "u", Values(0, 0, 2));
            store.Sync();
            synced = true;
            store.SetCommitted([0], TimeSpan.FromHours(6));
        }
        catch (PowerOffException)
        {
            // That is where this round ends.
        }

        return (files.Operations.Count, opened, synced);
    }

    [Fact]
    public async Task Batches_write_side_by_side()
    {
        var files = Disk();
        var layout = Layout(members: 8, leadTimes: 6);
        var batches = Enumerable.Range(0, 4).Select(batch => Task.Run(() =>
        {
            var store = ZarrFieldStore.Open(files, Store, layout);
            for (var first = 0; first < 6; first += 2)
            {
                foreach (var member in new[] { 2 * batch, (2 * batch) + 1 })
                    store.WriteChunk(member, first, "u", Values(member, first, 2));

                store.Sync();
                store.SetCommitted([2 * batch, (2 * batch) + 1], TimeSpan.FromHours(6 * (first + 1)));
            }
        }));
        await Task.WhenAll(batches);
        var store = ZarrFieldStore.Open(files, Store, layout);
        for (var member = 0; member < 8; member++)
        {
            Assert.Equal(TimeSpan.FromHours(30), store.Committed(member));
            Assert.Equal(Values(member, 4, 2).Select(v => (double)v), store.ReadChunk(member, 4, "u"));
        }
    }
}
