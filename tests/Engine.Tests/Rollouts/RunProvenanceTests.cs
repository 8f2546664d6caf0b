using Cairn.Storage.Fields.Zarr;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Where the fields come from is told in everything that a run leaves, and holds nothing of a time or a place.</summary>
public sealed class RunProvenanceTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [SkippableFact]
    public void The_store_the_derived_files_and_the_record_tell_the_same()
    {
        Skip.If(NetCdfLibrary.Version is null, NetCdfLibrary.HowToInstall);
        var run = _trial.Spec("run");
        var folder = Path.GetDirectoryName(run.Output.Path)!;
        run = run with
        {
            Output = run.Output with
            {
                NetCdf = Path.Combine(folder, "f.nc"), Statistics = new StatisticsSpec(Path.Combine(folder, "s.nc"), [0.5]),
            },
        };
        _trial.Complete(run);

        var record = RunRecord.Read(Path.Combine(run.Checkpoint.Path, RunRecord.FileName));
        var told = record.Provenance!.Attributes.ToDictionary(a => a.Name, a => a.Text);
        Assert.Equal(told, Store(run).Attributes.ToDictionary(a => a.Name, a => a.Text));
        foreach (var path in new[] { run.Output.NetCdf!, run.Output.Statistics!.Path })
        {
            using var file = NetCdfFile.Open(path);
            Assert.All(told, t => Assert.Equal(t.Value, file.Attributes[t.Key].Text));
        }
        Assert.Equal("sha256:" + record.Digest, told["spec_digest"]);
        Assert.Equal(("42", "netcdf in.nc"), (told["ensemble_seed"], told["initial_data"]));
        Assert.Equal("6h", (string?)JsonNode.Parse(told["spec"])!["lead-times.every"]);
        var versions = $"Cairn {told["cairn_version"]} with libtorch {told["libtorch_version"]}";
        Assert.Contains(versions, told["history"], StringComparison.Ordinal);
        Assert.DoesNotContain(told.Values, text => text.Contains(_trial.Folder, StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_goes_on_with_the_provenance_that_it_began_with_and_adds_its_own_where_there_is_none()
    {
        var run = _trial.Spec("run");
        _trial.StopAt(run, 3);
        var path = Path.Combine(run.Checkpoint.Path, RunRecord.FileName);
        var began = File.ReadAllText(path);
        _trial.Complete(run);
        Assert.Equal(began, File.ReadAllText(path));

        var older = JsonNode.Parse(began)!.AsObject();
        older.Remove("provenance");
        File.WriteAllText(path, older.ToJsonString());
        _trial.Complete(run);
        Assert.StartsWith("begun by a version of Cairn that left no history\n",
            (string?)JsonNode.Parse(File.ReadAllText(path))!["provenance"]!["history"], StringComparison.Ordinal);
    }

    private Provenance Store(RunSpec run) => ZarrFieldStore.OpenExisting(_trial.Files, run.Output.Path!).Layout.Provenance!;
}
