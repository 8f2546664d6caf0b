using System.Reflection;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Whole runs of the shipped ONNX file.</summary>
public sealed class OnnxRunTests : IDisposable
{
    private const int Boundaries = 6;

    private static readonly string Root = typeof(OnnxRunTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData("alone")]
    [InlineData("together")]
    public void A_restart_at_any_boundary_ends_with_the_same_bytes_and_repeats_its_steps_to_the_bit(string members)
    {
        var calm = Spec("calm", $"model.members={members}");
        Assert.Equal(RunOutcome.Completed, Run(calm, new Recorder()));
        for (var boundary = 0; boundary < Boundaries; boundary++)
        {
            var spec = Spec($"stopped-{boundary}", $"model.members={members}", "checkpoint.verify-resume=100");
            using var stop = new CancellationTokenSource();
            var at = boundary;
            Assert.Equal(RunOutcome.Stopped, Run(spec, new Recorder(e => StopAt(e, at, stop)), stop.Token));
            var resumed = new Recorder();
            Assert.Equal(RunOutcome.Completed, Run(spec, resumed));

            Assert.All(resumed.Of<ResumeVerified>(), verified => Assert.True(verified.IsExact));
            Assert.True(boundary == 0 || resumed.Of<ResumeVerified>().Any(), $"nothing was verified at {boundary}");
            Trial.AssertSameEnd(calm, spec);
        }
    }

    [Fact]
    public void Another_cut_of_the_ensemble_gives_the_same_fields_where_members_are_stepped_alone()
    {
        var (two, three) = (Spec("two"), Spec("three", "ensemble.batch-size=3"));
        Assert.Equal(RunOutcome.Completed, Run(two, new Recorder()));
        Assert.Equal(RunOutcome.Completed, Run(three, new Recorder()));

        Trial.AssertSame(Trial.Digests(two.Output.Path!), Trial.Digests(three.Output.Path!));
    }

    [Fact]
    public void The_file_its_mapping_and_the_library_are_part_of_what_a_resume_compares()
    {
        using var host = RunHost.Create(Spec("run"), new RunOptions(), new RunObservers());

        var numerics = host.Record.Numerics.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        var fingerprint = host.Record.Fingerprint.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
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
        using var loaded = RunHost.Create(spec, new RunOptions(), new RunObservers());
        using var described = RunHost.Create(spec, new RunOptions { StepsElsewhere = true }, new RunObservers());

        Assert.Equal(loaded.Record.Numerics, described.Record.Numerics);
        Assert.Equal(loaded.Record.Fingerprint, described.Record.Fingerprint);
        Assert.Equal(loaded.Layout.Variables, described.Layout.Variables);
        using var model = ModelFactory.Create(spec.Model, InitialSources.Read(spec), stepsElsewhere: true);
        Assert.Throws<InvalidOperationException>(() => model.Step(TorchSharp.torch.zeros(1, 2, 37, 72)));
    }

    private static void StopAt(RunEvent runEvent, int boundary, CancellationTokenSource stop)
    {
        if (runEvent is BoundaryReached reached && reached.Boundary == boundary)
        {
            stop.Cancel();
        }
    }

    private static RunOutcome Run(RunSpec spec, Recorder recorder, CancellationToken stop = default)
    {
        using var host = RunHost.Create(spec, new RunOptions(), recorder);
        var result = host.Run(stop);
        Assert.True(result.Failures.Count == 0, string.Join('\n', result.Failures.Select(f => f.Error.ToString())));
        return result.Outcome;
    }

    private RunSpec Spec(string name, params string[] settings) => RunSpecReader.Read(Path.Combine(Root, "examples", "my-onnx.conf"),
    [
        $"lead-times.count={Boundaries}", "ensemble.batch-size=2", "node.slots=1", "checkpoint.flush-interval=1",
        "checkpoint.mode=append", "checkpoint.durability=none", "output.lead-times-per-chunk=1", "output.picture=off",
        $"checkpoint.path={_trial.Folder}/{name}/checkpoints", $"output.path={_trial.Folder}/{name}/fields.zarr", .. settings,
    ]);
}
