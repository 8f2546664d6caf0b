using Cairn.Engine.Tests.Models.Onnx;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Whole runs of several networks by a schedule: 6 h by the shipped file, 12 h and 36 h by others.</summary>
public sealed class ScheduledOnnxRunTests : IDisposable
{
    private const int Boundaries = 8;

    private readonly ExampleRuns _runs = new("my-onnx.conf", Boundaries, "model.path=null", "model.step=6h");
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-networks-").FullName;

    public ScheduledOnnxRunTests()
    {
        _ = Network("twelve.onnx", 0.9f);
        _ = Network("long.onnx", 0.7f);
    }

    public void Dispose()
    {
        _runs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("alone")]
    [InlineData("together")]
    public void A_restart_at_any_boundary_ends_with_the_same_bytes_and_repeats_its_steps_to_the_bit(string members)
        => _runs.AssertRestartsEverywhere(Networks(), $"model.members={members}");

    [Fact]
    public void Another_cut_of_the_ensemble_gives_the_same_fields()
    {
        var (two, three) = (Spec("two"), Spec("three", "ensemble.batch-size=3"));
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(two, new Recorder()));
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(three, new Recorder()));

        Trial.AssertSame(Trial.Digests(two.Output.Path!), Trial.Digests(three.Output.Path!));
    }

    [Theory]
    [InlineData("bred-vector")]
    [InlineData("hemispheric-centred-bred-vector")]
    public void Vectors_are_bred_through_the_schedule(string kind)
    {
        var spec = Spec("bred", "ensemble.perturbation=null", "lead-times.count=2", $"ensemble.perturbation.kind={kind}",
            "ensemble.perturbation.amplitude=0.5", "ensemble.perturbation.cycles=1", "ensemble.perturbation.spacing=730.5h",
            "model.step=730.5h", Networks("730.5h", "1461h", "4383h"), "lead-times.every=730.5h");

        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(spec, new Recorder()));
    }

    [Fact]
    public void The_files_and_what_they_cover_are_part_of_what_a_resume_compares()
    {
        var begun = Record(Spec("run"));
        var numerics = begun.Numerics.ToDictionary(e => e.Key, e => e.Value);
        Assert.Equal("[6h, 12h, 36h]", numerics["model.networks"]);
        Assert.Equal(3, new[] { "6h", "12h", "36h" }.Select(covers => numerics[$"model.networks.{covers}.path"]).Distinct().Count());
        Assert.DoesNotContain("model.path", numerics.Keys);
        Assert.DoesNotContain("model.code-0", numerics.Keys);

        Assert.Empty(ResumeCheck.Check(begun, Record(Spec("run", $"model.networks=[{Item("long.onnx", "36h")}, "
            + $"{Item("twelve.onnx", "12h")}, {Item(Drift, "6h")}]"))));
        _ = Network("long.onnx", 0.6f);
        Assert.Contains("model.networks.36h.path: was sha256:", Refusal(begun, Record(Spec("run"))), StringComparison.Ordinal);
        _ = Network("long.onnx", 0.7f);
        Assert.Contains("model.networks: was [6h, 12h, 36h], now [6h, 12h, 1d]",
            Refusal(begun, Record(Spec("run", Networks("6h", "12h", "24h")))), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_beside_a_file_are_compared_by_the_network_that_they_belong_to()
    {
        _ = new OnnxGraph().Input("x", OnnxGraph.Float, "member", 2, 73, 144).Output("y", OnnxGraph.Float, "member", 2, 73, 144)
            .External("w", 1, "weights.bin").Node("Mul", ["x", "w"], ["y"]).Write(Path.Combine(_folder, "long.onnx"));
        File.WriteAllBytes(Path.Combine(_folder, "weights.bin"), BitConverter.GetBytes(0.5f));
        var spec = Spec("run", "model.inputs=null", "model.outputs=null");

        Assert.Contains(Record(spec).Numerics, e => e.Key == "model.networks.36h.path (weights.bin)");
    }

    [Fact]
    public void Where_other_processes_step_it_no_session_is_opened_and_the_record_is_the_same()
    {
        var spec = Spec("run");
        var loaded = Record(spec);
        using var described = PreparedRun.Create(spec, new RunOptions { StepsElsewhere = true }, new RunObservers());

        Assert.Equal(loaded.Numerics, described.Record.Numerics);
        Assert.Equal(loaded.Fingerprint, described.Record.Fingerprint);
        using var model = ModelFactory.Create(spec.Model, InitialSources.Read(spec), stepsElsewhere: true);
        using var absent = Assert.IsType<AbsentModel>(model);
    }

    [Fact]
    public void A_branch_goes_on_by_the_schedule_from_any_boundary_and_ends_with_the_bytes_of_its_run()
    {
        var old = Spec("old");
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(old, new Recorder()));
        foreach (var row in new[] { "6h", "12h", "42h" })
        {
            var branch = Branch(old, row);
            Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(branch, new Recorder()));
            Assert.Equal(Chunks(old), Chunks(branch));
        }
    }

    [Theory]
    [InlineData("[6h, 12h, 1d]", "6h", "12h", "24h")]
    [InlineData("[6h, 18h, 36h]", "6h", "18h", "36h")]
    public void A_branch_by_networks_that_cover_other_times_is_refused(string now, params string[] covers)
    {
        var old = Spec("old", "lead-times.count=2");
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(old, new Recorder()));
        var error = Assert.Throws<SpecException>(() => Branch(old, "6h", Networks(covers)));

        Assert.Contains($"model.networks: was [6h, 12h, 36h], now {now}", error.Message, StringComparison.Ordinal);
        Assert.Contains("model.* (except dtype, and what networks cover)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_branch_from_one_file_to_networks_or_back_is_refused_and_other_files_are_not()
    {
        var one = Spec("one", "lead-times.count=2", "model.networks=null", $"model.path={Drift}");
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(one, new Recorder()));
        var forth = Assert.Throws<SpecException>(() => Branch(one, "6h", "model.path=null", Networks()));
        Assert.Contains("model.networks: was not set, now [6h, 12h, 36h]", forth.Message, StringComparison.Ordinal);

        var old = Spec("old", "lead-times.count=2");
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(old, new Recorder()));
        var back = Assert.Throws<SpecException>(() => Branch(old, "6h", "model.networks=null", $"model.path={Drift}"));
        Assert.Contains("model.networks: was [6h, 12h, 36h], now not set", back.Message, StringComparison.Ordinal);

        var another = $"model.networks=[{Item(Drift, "6h")}, {Item("long.onnx", "12h")}, {Item("twelve.onnx", "36h")}]";
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(Branch(old, "6h", another), new Recorder()));
    }

    private static string Drift => ExampleRuns.File("models", "drift.onnx");

    private string Networks(params string[] covers)
    {
        covers = covers.Length > 0 ? covers : ["6h", "12h", "36h"];
        return $"model.networks=[{Item(Drift, covers[0])}, {Item("twelve.onnx", covers[1])}, {Item("long.onnx", covers[2])}]";
    }

    private string Item(string path, string covers) => $"{{ path = \"{Path.Combine(_folder, path)}\", covers = {covers} }}";

    private string Network(string name, float factor)
    {
        var path = Path.Combine(_folder, name);
        // A new file, as a copy program makes one: a session may be reading the old one.
        File.Delete(path);
        return new OnnxGraph().Input("input", OnnxGraph.Float, "member", 2, 73, 144).Output("output", OnnxGraph.Float, "member", 2, 73, 144)
            .Constant("f", factor).Node("Mul", ["input", "f"], ["output"]).Write(path);
    }

    private RunSpec Spec(string name, params string[] settings) => _runs.Spec(name, [Networks(), .. settings]);

    private static RunRecord Record(RunSpec spec)
    {
        using var host = PreparedRun.Create(spec, new RunOptions(), new RunObservers());
        return host.Record;
    }

    private static string Refusal(RunRecord begun, RunRecord now) =>
        Assert.Throws<SpecException>(() => ResumeCheck.Check(begun, now)).Message;

    private static RunSpec Branch(RunSpec old, string row, params string[] settings)
    {
        var folder = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(old.Checkpoint.Path))!, $"branch-{row}");
        var (path, _) = RunBranch.Create(old.Checkpoint.Path, row, folder, settings, new RunOptions());
        return RunSpecReader.Read(path);
    }

    private static IEnumerable<KeyValuePair<string, string>> Chunks(RunSpec spec) => Trial.Digests(spec.Output.Path!)
        .Where(file => !Path.GetFileName(file.Key).StartsWith('.'));
}
