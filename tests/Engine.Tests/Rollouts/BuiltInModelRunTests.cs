namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Whole runs of the models that begin by themselves, from the examples' specs made small.</summary>
public sealed class BuiltInModelRunTests : IDisposable
{
    private static readonly string Root = typeof(BuiltInModelRunTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    public static TheoryData<string, string[]> Models => new()
    {
        { "shallow-water", ["model.nx=12", "model.ny=9", "lead-times.every=3m"] },
        { "shallow-water", ["model.nx=8", "lead-times.every=3m", "initial.case=vortex", "model.coriolis=1e-4", "model.dtype=float32"] },
        { "spherical-shallow-water", ["model.truncation=10", "lead-times.every=20m", "ensemble.batch-size=2"] },
        { "spherical-shallow-water", ["model.truncation=10", "lead-times.every=20m", "initial.case=solid-body", "model.tilt=30"] },
        { "lorenz96", ["ensemble.size=4", "ensemble.batch-size=2"] },
        { "lorenz96", ["ensemble.size=4", "ensemble.batch-size=2", "model.dtype=float32", "model.size=9"] },
        { "granger-winter", ["ranks.count=1", "lead-times.every=1h", "ensemble.size=2", "output.netcdf=null"] },
        { "granger-winter", ["ranks.count=1", "lead-times.every=1h", "model.mesh.point=394", "output.netcdf=null"] },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void A_run_that_stops_and_one_that_breaks_end_with_the_bytes_of_one_that_does_neither(string example, string[] settings)
    {
        var (calm, disturbed) = (Spec(example, "calm", settings), Spec(example, "disturbed", settings));
        Assert.Equal(RunOutcome.Completed, Run(calm).Outcome);

        using var stop = new CancellationTokenSource();
        Assert.Equal(RunOutcome.Stopped, Run(disturbed, At(4, stop.Cancel), stop.Token).Outcome);
        // Breaks off two boundaries after its newest session, with no chance to commit.
        Assert.Equal(RunOutcome.Failed, Run(disturbed, At(8, () => throw new StepException("broken off"))).Outcome);
        Assert.Equal(RunOutcome.Completed, Run(disturbed).Outcome);

        Trial.AssertSameEnd(calm, disturbed);
    }

    [Fact]
    public void A_box_in_degrees_is_refused_on_a_plane()
    {
        var spec = Spec("shallow-water", "run", ["output.box.longitude=[0, 10]"]);

        var error = Assert.Throws<SpecException>(() => PreparedRun.Create(spec, new RunOptions(), new RunObservers()));
        Assert.Contains("output.box is in degrees", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_not_there_is_refused()
    {
        var spec = Spec("lorenz96", "run", ["model.device=\"cuda:99\""]);

        var error = Assert.Throws<SpecException>(() => PreparedRun.Create(spec, new RunOptions(), new RunObservers()));
        Assert.Contains("model.device is cuda:99, but libtorch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plane_says_in_its_store_that_it_holds_metres()
    {
        var spec = Spec("shallow-water", "run", ["model.nx=6", "model.ny=5", "lead-times.count=3"]);
        Assert.Equal(RunOutcome.Completed, Run(spec).Outcome);

        var attributes = File.ReadAllText(Path.Combine(spec.Output.Path!, "longitude", ".zattrs"));
        Assert.Contains("projection_x_coordinate", attributes, StringComparison.Ordinal);
        Assert.DoesNotContain("degrees", attributes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_spherical_layer_begins_from_winds_alone_and_tells_what_is_in_its_store()
    {
        var spec = Spec("spherical-shallow-water", "run",
        [
            "model.truncation=10", "model.mean-height=5000", "lead-times.every=20m", "lead-times.count=3", "initial.source=analytic",
            "initial.case=rossby-haurwitz", "initial.grid.latitude=[90, -90, 19]", "initial.grid.longitude=[0, 350, 36]",
            "output.variables=[h, divergence]",
        ]);
        Assert.Equal(RunOutcome.Completed, Run(spec).Outcome);

        Assert.Contains("\"units\": \"m\"", File.ReadAllText(Path.Combine(spec.Output.Path!, "h", ".zattrs")), StringComparison.Ordinal);
        Assert.Contains("divergence_of_wind", File.ReadAllText(Path.Combine(spec.Output.Path!, "divergence", ".zattrs")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_too_long_for_gravity_waves_fails_before_anything_is_committed()
    {
        var result = Run(Spec("spherical-shallow-water", "run", ["model.step=1h", "lead-times.every=1h"]));

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Contains("model.step is 3600 s", result.Failures[0].Error.Message, StringComparison.Ordinal);
    }

    private RunSpec Spec(string example, string name, string[] settings) => RunSpecReader.Read(
        Path.Combine(Root, "examples", example + ".conf"),
        [
            "lead-times.count=10", "checkpoint.flush-interval=3", "output.lead-times-per-chunk=3", "node.slots=1",
            $"checkpoint.path={_trial.Folder}/{name}/checkpoints", $"output.path={_trial.Folder}/{name}/fields.zarr", .. settings,
        ],
        _trial.Folder);

    private RunResult Run(RunSpec spec, IRunObserver? observer = null, CancellationToken stop = default)
    {
        using var host = PreparedRun.Create(spec, new RunOptions { Files = _trial.Files }, observer ?? new RunObservers());
        return host.Run(stop);
    }

    private static Recorder At(int boundary, Action act) => new(e =>
    {
        if (e is BoundaryReached reached && reached.Boundary == boundary)
            act();
    });
}
