using System.Text.Json.Nodes;

namespace Cairn.Cli.Tests.Run;

/// <summary>A run that was copied, moved or is reached by another way names its own fields and files, and never the original's.</summary>
public sealed class CopiedRunTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_damaged_copy_is_not_equal_to_its_original(int version)
    {
        Begin();
        Record("out", version);
        Copy("out", "copy");
        Assert.StartsWith("equal: ", Invoke(0, "diff", _line["copy"], _line["out"]).Output, StringComparison.Ordinal);

        File.Copy(_line["copy/fields.zarr/v/0.0.0.0.0"], _line["copy/fields.zarr/u/1.0.2.0.0"], overwrite: true);

        Assert.Contains("fields/u: ", Invoke(1, "diff", _line["copy"], _line["out"]).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_copy_draws_derives_and_branches_from_its_own_fields_into_its_own_files(int version)
    {
        Begin($"output.netcdf = \"{_line["out/fields.nc"]}\"");
        Record("out", version);
        Copy("out", "copy");
        Directory.Delete(_line["out"], recursive: true);
        var page = File.ReadAllBytes(_line["copy/forecast.html"]);
        File.Delete(_line["copy/forecast.html"]);
        File.Delete(_line["copy/fields.nc"]);

        Invoke(0, "picture", _line["copy"]);
        Assert.Contains(_line["copy/fields.nc"], Invoke(0, "derive", _line["copy"]).Output, StringComparison.Ordinal);
        Invoke(0, "status", _line["copy"]);
        Invoke(0, "checkpoints", "verify", _line["copy"]);
        Invoke(0, "checkpoints", "prune", _line["copy"]);
        Invoke(0, "checkpoints", "export", _line["copy"], _line["theirs"], "--to", "earth2studio");
        Invoke(0, "branch", $"{_line["copy"]}@12h", _line["branch"]);
        Invoke(0, "run", _line["branch/spec.conf"], "--plain");

        Assert.Equal(page, File.ReadAllBytes(_line["copy/forecast.html"]));
        Assert.True(File.Exists(_line["copy/fields.nc"]) && File.Exists(_line["branch/fields.nc"]));
        Invoke(0, "diff", _line["copy/fields.zarr"], _line["branch/fields.zarr"]);
        Assert.False(Directory.Exists(_line["out"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_moved_run_goes_on_where_it_is_and_makes_nothing_again(int version)
    {
        var dropped = $"output {{ netcdf = \"{_line["out/fields.nc"]}\", keep-members = false }}";
        Begin(dropped);
        Record("out", version);
        Directory.Move(_line["out"], _line["moved"]);

        var again = Invoke(0, "run", _line.Spec(dropped), "--out", _line["moved"], "--plain");

        Assert.Contains("complete already", again.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line["out"]));
        Assert.Equal(_line["moved/checkpoints"], Json("moved")["folder"]!.GetValue<string>());
    }

    [Fact]
    public void What_a_run_records_names_nothing_of_its_own_by_an_absolute_path()
    {
        Begin($"output.netcdf = \"{_line["out/fields.nc"]}\"");

        var spec = Json("out")["spec"]!;

        Assert.Equal(".", spec["checkpoint"]!["path"]!.GetValue<string>());
        Assert.Equal("../fields.zarr", spec["output"]!["path"]!.GetValue<string>());
        Assert.Equal("../fields.nc", spec["output"]!["netcdf"]!.GetValue<string>());
        Assert.DoesNotContain(_line.Folder, File.ReadAllText(_line["out/checkpoints/derived.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_read_through_a_link_to_it_and_through_a_link_to_its_checkpoints()
    {
        Begin();
        Directory.CreateSymbolicLink(_line["link"], _line["out"]);
        Invoke(0, "picture", _line["link"]);
        Directory.Move(_line["out/checkpoints"], _line["disk"]);
        Directory.CreateSymbolicLink(_line["out/checkpoints"], _line["disk"]);

        Invoke(0, "picture", _line["out"]);
        Invoke(0, "picture", _line["disk"]);
        Assert.StartsWith("equal: ", Invoke(0, "diff", _line["out"], _line["disk"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_of_the_checkpoints_alone_leaves_what_lies_elsewhere_to_the_original()
    {
        var elsewhere = $"output.netcdf = \"{_line["elsewhere/f.nc"]}\"\n" + Elsewhere();
        Begin(elsewhere);
        Copy("out/checkpoints", "copy/checkpoints");
        var before = Directory.GetLastWriteTimeUtc(_line["elsewhere"]);

        foreach (var command in (string[][])
            [
                ["picture", _line["copy"]], ["picture", _line["copy"], "-o", _line["page.html"]], ["derive", _line["copy"]],
                ["derive", _line["copy"], "--netcdf", _line["mine.nc"]], ["diff", _line["copy"], _line["out"]],
                ["branch", $"{_line["copy"]}@12h", _line["branch"]],
                ["run", _line.Spec(elsewhere), "--set", $"checkpoint.path={_line["copy/checkpoints"]}"],
                ["run", _line.Spec(elsewhere), "--set", $"checkpoint.path={_line["copy/checkpoints"]}", "--fresh"],
            ])
        {
            var error = Invoke(2, command).Error;
            Assert.Contains("is a copy of the run in " + _line["out/checkpoints"], error, StringComparison.Ordinal);
        }

        Assert.Equal(before, Directory.GetLastWriteTimeUtc(_line["elsewhere"]));
        Invoke(0, "checkpoints", "verify", _line["copy"]);
        Invoke(0, "picture", _line["out"]);

        // Once the original is gone it was a move, and with fields of its own the copy is a run like any other.
        Copy("elsewhere/f.zarr", "mine/f.zarr");
        Invoke(0, "run", _line.Spec(elsewhere), "--out", _line["mine"], "--set", $"checkpoint.path={_line["copy/checkpoints"]}", "--plain");
        Assert.StartsWith("equal: ", Invoke(0, "diff", _line["copy"], _line["out"]).Output, StringComparison.Ordinal);
        Directory.Move(_line["out"], _line["moved"]);
        Invoke(0, "picture", _line["moved"]);
    }

    [Fact]
    public void A_store_of_another_run_is_neither_read_nor_written()
    {
        const string Noise = "ensemble.perturbation { kind = gaussian, amplitude = 1 }\n";
        Begin(Noise + Elsewhere());
        var other = Noise + "ensemble.seed = 7\n" + Elsewhere();
        var otherRun = new[] { "--set", $"checkpoint.path={_line["other/checkpoints"]}", "--plain" };

        var refused = Invoke(2, ["run", _line.Spec(other), .. otherRun]);
        Assert.Contains("belongs to another run", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line["other"]));

        Directory.Move(_line["elsewhere/f.zarr"], _line["kept.zarr"]);
        Invoke(0, ["run", _line.Spec(other), .. otherRun]);
        foreach (var command in (string[][])
            [["picture", _line["out"]], ["derive", _line["out"], "--netcdf", _line["x.nc"]], ["diff", _line["out"], _line["other"]]])
        {
            Assert.Contains("belongs to another run", Invoke(1, command).Error, StringComparison.Ordinal);
        }

        foreach (var fresh in (string[][])[[], ["--fresh"]])
        {
            Assert.Contains("belongs to another run",
                Invoke(2, ["run", _line.Spec(Noise + Elsewhere()), .. fresh]).Error, StringComparison.Ordinal);
        }

        Assert.Equal(2, Directory.GetFileSystemEntries(_line["elsewhere"]).Length);
    }

    [Fact]
    public void Two_runs_that_name_one_store_are_not_called_equal()
    {
        Begin(Elsewhere());
        var (_, output, error) = Invoke(0, "run", _line.Spec(Elsewhere()), "--set", $"checkpoint.path={_line["b/checkpoints"]}", "--plain");

        Assert.Contains("contains committed fields", output + error, StringComparison.Ordinal);
        Assert.Contains("name one field store", Invoke(2, "diff", _line["out"], _line["b"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_without_a_mark_is_read_and_gets_it_when_its_run_goes_on()
    {
        Begin();
        Copy("out", "marked");
        foreach (var name in (string[])[".zattrs", ".zmetadata"])
        {
            var json = JsonNode.Parse(File.ReadAllText(_line[$"out/fields.zarr/{name}"]))!;
            Assert.True((name == ".zattrs" ? json : json["metadata"]![".zattrs"]!).AsObject().Remove("run"));
            File.WriteAllText(_line[$"out/fields.zarr/{name}"], json.ToJsonString());
        }

        Record("out", 1);
        Invoke(0, "picture", _line["out"]);
        Invoke(0, "run", _line.Spec(), "--plain");

        Assert.All((string[])[".zattrs", ".zmetadata"], name => Assert.Equal(
            File.ReadAllText(_line[$"marked/fields.zarr/{name}"]), File.ReadAllText(_line[$"out/fields.zarr/{name}"])));
    }

    /// <summary>Where the run's outputs do not lie beside its checkpoints.</summary>
    private string Elsewhere() => $"output.path = \"{_line["elsewhere/f.zarr"]}\"";

    private void Begin(string more = "") => Invoke(0, "run", _line.Spec(more), "--plain");

    private static (int Code, string Output, string Error) Invoke(int expected, params string[] arguments)
    {
        var result = CommandLine.Invoke(arguments);
        Assert.True(result.Code == expected, $"{string.Join(' ', arguments)}: {result}");
        return result;
    }

    private JsonObject Json(string run) => JsonNode.Parse(File.ReadAllText(_line[run + "/checkpoints/run.json"]))!.AsObject();

    /// <summary>Rewrites a run's record as an older version wrote it: absolute paths, and nothing that says where it was.</summary>
    private void Record(string run, int version)
    {
        if (version == 2)
            return;

        var json = Json(run);
        (json["version"], json["spec"]!["checkpoint"]!["path"]) = (1, _line[run + "/checkpoints"]);
        json.Remove("id");
        json.Remove("folder");
        var output = json["spec"]!["output"]!;
        output["path"] = _line[run + "/fields.zarr"];
        if (output["netcdf"] is not null)
        {
            output["netcdf"] = _line[run + "/fields.nc"];
            var derived = File.ReadAllText(_line[run + "/checkpoints/derived.json"]);
            File.WriteAllText(_line[run + "/checkpoints/derived.json"], derived
                .Replace("\"version\": 2", "\"version\": 1", StringComparison.Ordinal)
                .Replace("../", _line[run] + "/", StringComparison.Ordinal));
        }

        File.WriteAllText(_line[run + "/checkpoints/run.json"], json.ToJsonString());
    }

    private void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(_line[from], "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_line[to], Path.GetRelativePath(_line[from], file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
