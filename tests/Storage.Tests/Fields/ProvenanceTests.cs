using System.Text.Json.Nodes;
using Cairn.Storage.Tests.Fields.Zarr;
using Cairn.Storage.Derived;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.NetCdf;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Fields;

public sealed class ProvenanceTests : IDisposable
{
    private const string Store = "/out/fields.zarr";
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-provenance-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_store_tells_where_it_comes_from_also_after_commits_and_growth()
    {
        var files = new RecordingFiles("/out");
        var store = ZarrFieldStore.Open(files, Store, Layout("1.0"));
        store.SetCommitted([1], TimeSpan.FromHours(6));
        Assert.Equal(Attributes("1.0", "by Cairn 1.0"), Said(files));
        ZarrFieldStore.Open(files, Store, Layout("1.0", members: 4));
        Assert.Equal(Attributes("1.0", "by Cairn 1.0"), Said(files));
        Assert.Equal(Layout("1.0").Provenance, ZarrFieldStore.OpenExisting(files, Store).Layout.Provenance);

        var calls = files.Operations.Count;
        ZarrFieldStore.Open(files, Store, ZarrFieldStoreTests.Layout(members: 4));
        Assert.Equal(calls, files.Operations.Count);
    }

    [Fact]
    public void Another_version_that_goes_on_adds_its_line_once()
    {
        var files = new RecordingFiles("/out");
        ZarrFieldStore.Open(files, Store, Layout("1.0"));
        foreach (var version in new[] { "1.1", "1.1", "1.0" })
        {
            var store = ZarrFieldStore.Open(files, Store, Layout(version));
            Assert.Equal(Attributes("1.0", "by Cairn 1.0\nby Cairn 1.1"), Said(files));
            Assert.Equal(Said(files), store.Layout.Provenance!.Attributes);
        }
    }

    [Fact]
    public void A_store_without_any_says_that_it_was_begun_before()
    {
        var files = new RecordingFiles("/out");
        ZarrFieldStore.Open(files, Store, ZarrFieldStoreTests.Layout());
        ZarrFieldStore.Open(files, Store, Layout("1.0"));
        Assert.Equal(Attributes("1.0", "begun by a version of Cairn that left no history\nby Cairn 1.0"), Said(files));
    }

    [Fact]
    public void A_branch_names_its_origin_first_and_keeps_it_when_the_run_goes_on()
    {
        var files = new RecordingFiles("/out");
        ZarrFieldStore.Open(files, Store, Layout("1.0") with { Provenance = Layout("1.0").Provenance!.BranchOf("other at lead time 6 h") });
        ZarrFieldStore.Open(files, Store, Layout("1.0", members: 5));
        Assert.Equal(
            [.. Attributes("1.0", "branch of other at lead time 6 h\nby Cairn 1.0"), ("branched_from", "other at lead time 6 h")],
            Said(files));
    }

    [SkippableFact]
    public void Derived_files_tell_the_same()
    {
        Skip.If(NetCdfLibrary.Version is null, NetCdfLibrary.HowToInstall);
        var path = Path.Combine(_root, "fields.zarr");
        var store = ZarrFieldStore.Open(new PosixFiles(), path, Layout("1.0", members: 1, leadTimes: 2));
        foreach (var variable in store.Layout.Variables)
            store.WriteChunk(0, 0, variable.Name, new float[24]);

        store.SetCommitted([0], TimeSpan.FromHours(6));
        var (fields, statistics) = (Path.Combine(_root, "f.nc"), Path.Combine(_root, "s.nc"));
        FieldsFile.Write(new PosixFiles(), store, FieldsPart.Of(store.Layout, fields)[0]);
        StatisticsFile.Write(new PosixFiles(), ZarrFieldStore.OpenExisting(new PosixFiles(), path), statistics, [0.5]);
        foreach (var name in new[] { fields, statistics })
        {
            using var file = NetCdfFile.Open(name);
            Assert.All(Attributes("1.0", "by Cairn 1.0"), a => Assert.Equal(a.Text, file.Attributes[a.Name].Text));
        }
    }

    [Fact]
    public void Nothing_else_is_provenance() =>
        Assert.Throws<ArgumentException>(() => Provenance.Of(new Dictionary<string, string?> { ["written_at"] = "noon" }));

    private static FieldLayout Layout(string version, int members = 3, int leadTimes = 5) =>
        ZarrFieldStoreTests.Layout(members, leadTimes) with
        {
            Provenance = Provenance.Of(
                Attributes(version, $"by Cairn {version}").ToDictionary(a => a.Name, string? (a) => a.Text)),
        };

    private static (string Name, string Text)[] Attributes(string version, string history) =>
        [("title", "a run"), ("history", history), ("cairn_version", version), ("spec", """{"model.step":"1h"}""")];

    private static IReadOnlyList<(string Name, string Text)> Said(RecordingFiles files)
    {
        var direct = JsonNode.Parse(files.ReadAll($"{Store}/.zattrs"))!.AsObject();
        var consolidated = JsonNode.Parse(files.ReadAll($"{Store}/.zmetadata"))!["metadata"]![".zattrs"]!.AsObject();
        Assert.True(JsonNode.DeepEquals(direct, consolidated));
        return Provenance.Read(direct)!.Attributes;
    }
}
