using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Durable;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>What lies on disk, key by key, and what older or other writers may have put there.</summary>
public sealed class CatalogFormatTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly RecordingFiles _files = new("/data");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_row_of_the_index_has_the_originals_keys_and_no_other()
    {
        new TestCatalog(_files).WriteRows(2);
        var index = PythonJson.ReadObject(_files.ReadAll(TestCatalog.Path + "/catalog.json"), "catalog.json");

        Assert.Equal(["entries", "version"], index.Properties().Select(p => p.Name));
        var row = (JObject)((JArray)index["entries"]!)[1];
        Assert.Equal(
            ["commit_id", "labels", "metadata", "metadata_keys", "rank", "saved_at", "state_ids", "world_size", "write_count"],
            row.Properties().Select(p => p.Name));
        Assert.Equal("{\"kind\":\"np_timedelta64\",\"unit\":\"h\",\"value\":2}", Compact(row["metadata"]!["lead_time"]!));
        Assert.Matches("^commit_00000002_[0-9a-f]{12}$", (string)row["commit_id"]!);
        Assert.Matches(@"^2026-01-16T00:02:00(\.\d{6})?\+00:00$", (string)row["saved_at"]!);
    }

    [Fact]
    public void A_manifest_has_the_originals_keys_and_those_of_the_page()
    {
        var prints = new Dictionary<string, string> { ["threads"] = "1" };
        new TestCatalog(_files).WriteRows(1, o => o with { Fingerprint = prints, SpecDigest = "ab" });
        var directory = new TestCatalog(_files).Checkpoint().Rows[0].Directory;
        var manifest = PythonJson.ReadObject(_files.ReadAll(directory + "/manifest.json"), "manifest");

        Assert.Equal(
        [
            "checkpoint", "commit_id", "epoch", "files", "fingerprint", "labels", "manifest_crc32c", "metadata", "mode", "parent", "rank",
            "saved_at", "sequence", "spec_digest", "states", "version", "world_size", "write_count",
        ], manifest.Properties().Select(p => p.Name));
        var page = File.ReadAllText(RepositoryRoot.Path("docs", "checkpoints.md"));
        string[] own =
        [
            "epoch", "sequence", "parent", "files", "fingerprint", "spec_digest", "manifest_crc32c", "shards", "base_epoch",
            "base_sequence",
        ];
        Assert.All(own, key =>
            Assert.Contains($"`{key}", page.Replace(", ", "`, `", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Fact]
    public void An_array_in_a_row_is_a_label_with_its_values_in_a_flat_list()
    {
        using var session = new TestCatalog(_files).Checkpoint().Open();
        session.Write(new Dictionary<string, object?>
        {
            ["table"] = NdArray.From([0.5f, 1, 2, 3], 2, 2), ["none"] = NdArray.From<int>([], 0),
        });
        var index = PythonJson.ReadObject(_files.ReadAll(TestCatalog.Path + "/catalog.json"), "catalog.json");

        var metadata = index["entries"]![0]!["metadata"]!;
        Assert.Equal(
            "{\"dtype\":\"float32\",\"kind\":\"ndarray_label\",\"shape\":[2,2],\"values\":[0.5,1.0,2.0,3.0]}",
            Compact(metadata["table"]!));
        Assert.Empty((JArray)metadata["none"]!["values"]!);
    }

    [Fact]
    public void Unknown_keys_of_another_writer_are_ignored()
    {
        var root = Edited(manifest => manifest["of_a_later_version"] = new JObject { ["kind"] = "unheard of" });

        using var session = Open(root).Open();

        Assert.Equal(3, session.WriteCount);
        Assert.True(session.Bind(new NoiseState()).StateLoaded);
    }

    [Fact]
    public void Artifacts_and_a_bare_lead_time_of_older_versions_are_read_as_metadata()
    {
        var root = Edited(manifest =>
        {
            var metadata = (JObject)manifest["metadata"]!;
            manifest["lead_time"] = metadata["lead_time"]!.DeepClone();
            metadata.Remove("lead_time");
            manifest["artifacts"] = metadata.DeepClone();
            manifest.Remove("metadata");
        });
        foreach (var folder in Directory.GetDirectories(root, "metadata", SearchOption.AllDirectories))
            Directory.Move(folder, Path.Combine(Path.GetDirectoryName(folder)!, "artifacts"));

        var before = Open(Path.Combine(Fixtures.Root, "append-3-rows")).Rows;
        var rows = Open(root).Rows;

        Assert.Equal(before.Select(r => r.LeadTime), rows.Select(r => r.LeadTime));
        Assert.Equal(before.Select(r => PythonText.Str(r.Metadata["note"])), rows.Select(r => PythonText.Str(r.Metadata["note"])));
        Assert.Equal(before.Select(Keys), rows.Select(Keys));
        using var session = Open(root).Open();
        Assert.NotNull(session.Write(TestCatalog.LeadTime(24)));
        Assert.Equal(4, Open(root).Rows.Count);
    }

    [Fact]
    public void Counts_that_begin_anew_with_each_batch_repeat_in_the_rows()
    {
        var catalog = new TestCatalog(_files);
        using var session = catalog.Checkpoint().Open();
        for (var batch = 0; batch < 2; batch++)
        {
            session.WriteCount = 0;
            session.Write(TestCatalog.LeadTime(0));
            session.Write(TestCatalog.LeadTime(6));
        }

        Assert.Equal([1, 2, 1, 2], catalog.Checkpoint().Rows.Select(r => r.WriteCount));
        Assert.Equal([1L, 2, 3, 4], catalog.Checkpoint().Rows.Select(r => r.Sequence!.Value));
        using var last = catalog.Checkpoint().Select(-1);
        Assert.Equal(TimeSpan.FromHours(6), last.LeadTime);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Levels_1_and_2_store_and_restore_state_and_are_told_to_components(int level)
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(1, o => o with { Level = level });

        using var session = catalog.Checkpoint(o => o with { Level = level }).Open();
        var bound = session.Bind(new WindState());

        Assert.Equal((true, level, 1), (bound.StateLoaded, bound.Level, bound.Value.Step));
    }

    [Fact]
    public void A_tensor_of_one_element_given_as_metadata_is_a_scalar()
    {
        using var session = new TestCatalog(_files).Checkpoint().Open();
        var tensor = new EarthStudioInteropTests.AnyTensor("float32", [1, 1], [0, 0, 0x20, 0x40]);
        var row = session.Write(new Dictionary<string, object?> { ["loss"] = tensor });
        Assert.Equal(2.5, row!.Metadata["loss"]);
    }

    [Fact]
    public void Cairns_places_come_before_Earth2Studios_and_the_first_that_is_there_is_taken()
    {
        var environment = new Dictionary<string, string?>
        {
            ["HOME"] = "/data/me", ["CAIRN_CACHE"] = "/data/c", ["EARTH2STUDIO_CACHE"] = "/data/e",
        };
        string? Look(string name) => environment.GetValueOrDefault(name);
        string[] all =
        [
            "/data/c/checkpoints/winds", "/data/me/.cache/cairn/checkpoints/winds", "/data/e/checkpoints/winds",
            "/data/me/.cache/earth2studio/checkpoints/winds",
        ];

        Assert.Equal(all, CheckpointPaths.Candidates("winds", Look));
        Assert.Equal(all[0], CheckpointPaths.Resolve("winds", Look, _files));
        for (var place = 3; place >= 0; place--)
        {
            Storage.Durable.DurableTree.CreateDirectories(_files, all[place]);
            Assert.Equal(all[place], CheckpointPaths.Resolve("winds", Look, _files));
        }

        environment.Remove("CAIRN_CACHE");
        Assert.Equal([all[2], all[1], all[3]], CheckpointPaths.Candidates("winds", Look));
        environment["EARTH2STUDIO_CACHE"] = "";
        Assert.Equal([all[1], all[3]], CheckpointPaths.Candidates("winds", Look));
        Assert.All(
            ["", "../x", "/etc", "a//b", "."],
            name => Assert.Throws<SpecException>(() => CheckpointPaths.Resolve(name, Look, _files)));
    }

    [Fact]
    public async Task Threads_side_by_side_each_bind_to_their_own_session_and_across_await()
    {
        using var together = new Barrier(8);
        var seen = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
            async () =>
            {
                var files = new RecordingFiles("/data");
                using var session = new TestCatalog(files).Checkpoint().Open();
                together.SignalAndWait();
                var bound = CheckpointScope.Bind(new WindState { Step = i });
                await Task.Yield();
                Assert.Same(session, CheckpointScope.Active);
                session.Write();
                using var again = new TestCatalog(files).Checkpoint().Select(-1).Enter();
                return bound.Value.Step == i && CheckpointScope.Bind(new WindState()).Value.Step == i;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));

        Assert.All(seen, Assert.True);
        Assert.Null(CheckpointScope.Active);
    }

    private static string Compact(JToken json) => json.ToString(Newtonsoft.Json.Formatting.None);
    private static string Keys(CheckpointRow row) => string.Join(' ', row.Metadata.Keys.Order(StringComparer.Ordinal));

    private static Checkpoint Open(string root) => new("x", new CheckpointOptions
    {
        Path = root, Mode = CheckpointMode.Append, Rank = 0, WorldSize = 1, Warn = warning => Assert.Fail(warning.ToString()),
    });

    /// <summary>A sample of the original with every manifest changed, and no index.</summary>
    private string Edited(Action<JObject> change)
    {
        var root = Fixtures.Copy("append-3-rows", _directory.Path);
        File.Delete(Path.Combine(root, "catalog.json"));
        foreach (var path in Directory.GetFiles(root, "manifest.json", SearchOption.AllDirectories))
        {
            var manifest = PythonJson.ReadObject(File.ReadAllBytes(path), path);
            change(manifest);
            File.WriteAllBytes(path, PythonJson.Write(manifest, path));
        }

        return root;
    }
}
