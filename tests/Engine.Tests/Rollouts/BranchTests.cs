namespace Cairn.Engine.Tests.Rollouts;

/// <summary>A new run that starts from a session of an old one.</summary>
public sealed class BranchTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData("0", 1)]
    [InlineData("18h", 1)]
    [InlineData("-2", 1)]
    [InlineData("18h", 4)]
    [InlineData("18h", 3)]
    [InlineData("18h", 1, 3)]
    [InlineData("18h", 2, 8)]
    [InlineData("18h", 1, 2)]
    public void A_branch_that_changes_nothing_ends_with_the_bytes_of_its_run(string row, int perChunk, int? perShard = null)
    {
        var old = Old(perChunk, perShard);
        var branch = Branch(old, row, "branch");
        var boundary = Restart(old, row);
        var recorder = _trial.Complete(branch);

        Assert.All(recorder.Of<BatchStarted>(), e => Assert.Equal(boundary, e.Boundary));
        AssertSameButOrigin(Trial.Digests(old.Output.Path!), Attributes(old), branch, "trial at lead time");
        Trial.AssertSameEnd(Fieldless(old), Fieldless(branch));
    }

    [Fact]
    public void A_branch_lives_on_when_its_run_is_deleted_and_costs_no_second_copy()
    {
        var old = Old();
        var (expected, attributes) = (Trial.Digests(old.Output.Path!), Attributes(old));
        var branch = Branch(old, "18h", "branch");
        foreach (var file in Directory.EnumerateFiles(branch.Checkpoint.Path, "*.npy", SearchOption.AllDirectories))
            Assert.Equal(2, Links(file));
        Directory.Delete(Path.GetDirectoryName(old.Checkpoint.Path)!, recursive: true);
        _trial.Complete(branch);
        AssertSameButOrigin(expected, attributes, branch, "trial at lead time 18 h");
    }

    [Fact]
    public void The_old_run_is_not_touched()
    {
        var old = Old();
        var folder = Path.GetDirectoryName(old.Checkpoint.Path)!;
        var before = Trial.Digests(folder);
        _trial.Complete(Branch(old, "18h", "branch", "lead-times.count = 9"));

        Trial.AssertSame(before, Trial.Digests(folder));
    }

    [Fact]
    public void What_a_branch_inherits_cannot_differ_and_nothing_is_left_behind()
    {
        var old = Old();
        var refusal = Assert.Throws<SpecException>(() => Branch(old, "18h", "branch", "ensemble.seed = 7", "ensemble.size = 5"));

        Assert.Contains("ensemble.seed: was 42, now 7", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ensemble.size: was 4, now 5", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_trial.Folder, "branch")));
    }

    [Fact]
    public void Only_a_boundary_that_every_batch_has_a_session_at_will_do()
    {
        var spec = _trial.Spec("run");
        _trial.StopAt(spec, boundary: 2, member: 0);
        var refusal = Assert.Throws<SpecException>(() => Branch(spec, "30h", "branch"));

        Assert.Contains("'30h' is not a session that a branch can start from", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Expected a lead time such as 120h", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_holds_something_is_refused()
    {
        var old = Old();
        Directory.CreateDirectory(Path.Combine(_trial.Folder, "branch"));
        File.WriteAllText(Path.Combine(_trial.Folder, "branch", "mine.txt"), "keep");

        Assert.Contains("not empty", Assert.Throws<SpecException>(() => Branch(old, "18h", "branch")).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_trial.Folder, "branch", "mine.txt")));
    }

    [Fact]
    public void A_failed_branch_is_cleared_away()
    {
        var old = Old();
        var chunk = Directory.GetFiles(Path.Combine(old.Output.Path!, "v")).First(f => Path.GetFileName(f) == "3.0.0.0.0");
        File.Delete(chunk);

        Assert.ThrowsAny<CairnException>(() => Branch(old, "18h", "branch"));
        Assert.False(Directory.Exists(Path.Combine(_trial.Folder, "branch")));
    }

    private static RunSpec Fieldless(RunSpec spec) => spec with { Output = new OutputSpec { Kind = OutputSpec.None } };

    private static JsonObject Attributes(RunSpec spec) => spec.Output.Store is ZarrSpec { Version: 3 }
        ? JsonNode.Parse(File.ReadAllText(Path.Combine(spec.Output.Path!, "zarr.json")))!["attributes"]!.AsObject()
        : JsonNode.Parse(File.ReadAllText(Path.Combine(spec.Output.Path!, ".zattrs")))!.AsObject();

    /// <summary>Fails unless every file of a branch's store is its run's, but for the two attributes that name the run.</summary>
    private static void AssertSameButOrigin(
        SortedDictionary<string, string> expected, JsonObject attributes, RunSpec branch, string origin)
    {
        var (found, own) = (Trial.Digests(branch.Output.Path!), Attributes(branch));
        foreach (var metadata in new[] { ".zattrs", ".zmetadata", "zarr.json" })
        {
            expected.Remove(metadata);
            found.Remove(metadata);
        }
        Trial.AssertSame(expected, found);
        Assert.StartsWith(origin, (string?)own["branched_from"], StringComparison.Ordinal);
        Assert.Equal($"branch of {own["branched_from"]}\n{attributes["history"]}", (string?)own["history"]);
        own.Remove("branched_from");
        own["history"] = attributes["history"]?.DeepClone();
        Assert.True(JsonNode.DeepEquals(attributes, own));
    }

    private RunSpec Old(int perChunk = 1, int? perShard = null)
    {
        var spec = _trial.Spec("run");
        spec = spec with
        {
            Output = spec.Output with
            {
                Store = new ZarrSpec { LeadTimesPerChunk = perChunk, Version = perShard is null ? 2 : 3, LeadTimesPerShard = perShard },
            },
            Checkpoint = spec.Checkpoint with { FlushInterval = (perShard ?? perChunk) == 1 ? 1 : null },
        };
        if ((perShard ?? perChunk) > 1)
        {
            // Sessions in the middle of a chunk, as a stop leaves them.
            _trial.StopAt(spec, boundary: 3, member: 0);
            _trial.StopAt(spec, boundary: 3, member: 2);
        }
        _trial.Complete(spec);
        return spec;
    }

    private RunSpec Branch(RunSpec old, string row, string name, params string[] overrides)
    {
        var options = new RunOptions { Files = _trial.Files };
        var (path, _) = RunBranch.Create(
            old.Checkpoint.Path, row, Path.Combine(_trial.Folder, name), overrides, options, spec => _trial.Host(spec));
        return RunSpecJson.Read(File.ReadAllText(path), path);
    }

    private static int Restart(RunSpec old, string row) => row switch
    {
        "0" => 0,
        "-2" => old.LeadTimes.Count - 1,
        _ => 3,
    };

    /// <summary>How many names a file has.</summary>
    private static int Links(string path)
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%h", path])
        {
            RedirectStandardOutput = true,
        })!;
        var text = stat.StandardOutput.ReadToEnd();
        stat.WaitForExit();
        return int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }
}
