namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Whole runs of the shipped ONNX file.</summary>
public sealed class OnnxRunTests : IDisposable
{
    private const int Boundaries = 6;

    private readonly ExampleRuns _runs = new("my-onnx.conf", Boundaries);

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("alone")]
    [InlineData("together")]
    public void A_restart_at_any_boundary_ends_with_the_same_bytes_and_repeats_its_steps_to_the_bit(string members)
        => _runs.AssertRestartsEverywhere($"model.members={members}");

    [Fact]
    public void Another_cut_of_the_ensemble_gives_the_same_fields_where_members_are_stepped_alone()
    {
        var (two, three) = (Spec("two"), Spec("three", "ensemble.batch-size=3"));
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(two, new Recorder()));
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(three, new Recorder()));

        Trial.AssertSame(Trial.Digests(two.Output.Path!), Trial.Digests(three.Output.Path!));
    }

    [Fact]
    public void The_file_its_mapping_and_the_library_are_part_of_what_a_resume_compares()
    {
        using var host = PreparedRun.Create(Spec("run"), new RunOptions(), new RunObservers());

        var numerics = host.Record.Numerics.ToDictionary(e => e.Key, e => e.Value);
        var fingerprint = host.Record.Fingerprint.ToDictionary(e => e.Key, e => e.Value);
        Assert.StartsWith("sha256:", numerics["model.path"], StringComparison.Ordinal);
        Assert.Equal("[u, v]", numerics["model.inputs.input"]);
        Assert.Equal("[0, 10]", numerics["model.normalisation.u"]);
        Assert.Matches(@"^\d+\.\d+\.\d+", fingerprint["onnxruntime"]);
        Assert.Contains("onnxruntime-instruction-set", fingerprint.Keys);
        Assert.DoesNotContain("batch-size", fingerprint.Keys);
    }

    [Fact]
    public void Where_other_processes_step_it_no_session_is_opened_and_the_record_is_the_same()
    {
        var spec = Spec("run");
        using var loaded = PreparedRun.Create(spec, new RunOptions(), new RunObservers());
        using var described = PreparedRun.Create(spec, new RunOptions { StepsElsewhere = true }, new RunObservers());

        Assert.Equal(loaded.Record.Numerics, described.Record.Numerics);
        Assert.Equal(loaded.Record.Fingerprint, described.Record.Fingerprint);
        Assert.Equal(loaded.Layout.Variables, described.Layout.Variables);
        using var model = ModelFactory.Create(spec.Model, InitialSources.Read(spec), stepsElsewhere: true);
        Assert.Throws<InvalidOperationException>(() => model.Step(TorchSharp.torch.zeros(1, 2, 37, 72)));
    }

    private RunSpec Spec(string name, params string[] settings) => _runs.Spec(name, settings);
}
