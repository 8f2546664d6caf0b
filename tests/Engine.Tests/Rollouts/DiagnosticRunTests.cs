using Cairn.Engine.Models.Diagnostics;
using Cairn.Storage.Fields.Zarr;

namespace Cairn.Engine.Tests.Rollouts;

public sealed class DiagnosticRunTests : IDisposable
{
    private static readonly DiagnosticSpec Energy = new()
    {
        Kind = DiagnosticKind.KineticEnergy, Variables = ["u", "v"], Outputs = ["kinetic_energy"],
    };

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 2)]
    public void Diagnostics_are_written_beside_the_models_fields_and_a_resumed_run_writes_the_same_bytes(int stop, int perChunk)
    {
        var (calm, run) = (Diagnosed("calm", perChunk), Diagnosed("run", perChunk));
        _trial.Complete(calm);
        _trial.StopAt(run, stop);
        _trial.Complete(run);

        Trial.AssertSameEnd(calm, run);
        Assert.Equal(["kinetic_energy", "u", "v"], Directory.GetDirectories(run.Output.Path!).Select(f => Path.GetFileName(f)!)
            .Where(f => f is "u" or "v" or "kinetic_energy").Order());
        var store = Open(run, ["u", "v", "kinetic_energy"]);
        var (u, v, energy) = (store.ReadChunk(2, 4, "u")!, store.ReadChunk(2, 4, "v")!, store.ReadChunk(2, 4, "kinetic_energy")!);
        for (var i = 0; i < 12; i++)
        {
            // The diagnostic works in the model's own float32.
            Assert.Equal(0.5f * (((float)u[i] * (float)u[i]) + ((float)v[i] * (float)v[i])), (float)energy[i]);
        }
    }

    [Fact]
    public void Only_diagnostics_may_be_written()
    {
        var run = _trial.Spec("run");
        run = run with { Diagnostics = [Energy], Output = run.Output with { Variables = ["kinetic_energy"] } };
        _trial.Complete(run);

        Assert.NotNull(Open(run, ["kinetic_energy"]).ReadChunk(3, 7, "kinetic_energy"));
    }

    [Fact]
    public void A_changed_diagnostic_refuses_the_resume_of_a_run_whose_store_holds_it()
    {
        var run = Diagnosed("run", 1);
        _trial.StopAt(run, 2);
        var swapped = run with { Diagnostics = [Energy with { Variables = ["v", "u"] }] };

        var error = Assert.Throws<SpecException>(() => _trial.Run(swapped));
        Assert.Contains("diagnostics[kinetic_energy].variables: was [u, v], now [v, u]", error.Message, StringComparison.Ordinal);
        // One that nothing written comes from may come and go, and its file may change.
        var unwritten = _trial.Spec("other");
        unwritten = unwritten with { Diagnostics = [Energy], Output = unwritten.Output with { Variables = ["u", "v"] } };
        _trial.StopAt(unwritten, 2);
        _trial.Complete(unwritten with { Diagnostics = [Energy with { Variables = ["v", "u"] }] });
    }

    [Fact]
    public void A_changed_script_refuses_the_resume_too()
    {
        var path = Path.Combine(_trial.Folder, "speed.ts");
        File.WriteAllText(path, "def forward(x: Tensor) -> Tensor:\n    return x[:, 0:1]\n");
        var run = _trial.Spec("run") with
        {
            Diagnostics = [new() { Kind = DiagnosticKind.TorchScript, Path = path, Variables = ["u"], Outputs = ["speed"] }],
        };
        RunResult Go(string digest)
        {
            using var host = PreparedRun.Create(run, new RunOptions { Files = _trial.Files }, new RunObservers(),
                new StandInModel(), Trial.Initial, [new SpecEntry("diagnostics[speed].path", digest)]);
            return host.Run(CancellationToken.None);
        }

        Assert.Equal(RunOutcome.Completed, Go("sha256:1").Outcome);
        Assert.Contains("diagnostics[speed].path", Assert.Throws<SpecException>(() => Go("sha256:2")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "kinetic_energy of the diagnostic kinetic-energy holds values that are not finite")]
    [InlineData(true, "kinetic_energy of the diagnostic kinetic-energy ranges from")]
    public void The_health_gate_names_the_diagnostic(bool bounded, string said)
    {
        var energy = bounded ? Energy with { Bounds = [new BoundSpec("kinetic_energy", 0, 1)] } : Energy;
        var run = _trial.Spec("run") with { Diagnostics = [energy] };
        // 1e30 is finite, its square is not.
        var model = new StandInModel { Fault = (step, next) => bounded || step < 6 ? next : StandInModel.Poison(next, 1, 1e30f) };
        var result = _trial.Run(run, model: model);

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Contains(said, result.Failures[0].Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_diagnostic_is_refused_before_anything_is_written_and_the_model_is_disposed()
    {
        var model = new StandInModel();
        var run = _trial.Spec("run") with { Diagnostics = [Energy with { Variables = ["u", "w"] }] };

        Assert.Contains("takes w", Assert.Throws<SpecException>(() => _trial.Host(run, model: model)).Message, StringComparison.Ordinal);
        Assert.True(model.Disposed);
        Assert.False(Directory.Exists(Path.Combine(_trial.Folder, "run")));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    public void The_library_workflow_ends_with_the_same_bytes_wherever_it_was_stopped(int stopAfter, int flush)
    {
        using var trial = new LibraryTrial();
        Assert.True(Workflow(trial, "calm", flush, null));
        Assert.False(Workflow(trial, "run", flush, stopAfter));
        Assert.True(Workflow(trial, "run", flush, null));

        trial.AssertSameFields("calm", "run");
        Assert.NotNull(trial.Store("run", 1, "u", "energy").ReadChunk(0, 4, "energy"));
    }

    private static bool Workflow(LibraryTrial trial, string name, int flush, int? stopAfter)
    {
        using var model = new StandInModel();
        using var energy = new KineticEnergy(new DiagnosticOptions { Variables = ["u", "v"], Outputs = ["energy"], Grid = Trial.Grid });
        using var stop = new CancellationTokenSource();
        return new Diagnostic(model, [energy], Trial.Initial, trial.Store(name, 1, "u", "energy"), LibraryTrial.Schedule)
        {
            Observer = LibraryTrial.Watch(stop, stopAfter, null),
        }.Run(trial.Catalog(name, flush: flush), stop.Token);
    }

    private RunSpec Diagnosed(string name, int perChunk)
    {
        var spec = _trial.Spec(name);
        return spec with
        {
            Diagnostics = [Energy],
            Output = spec.Output with { Store = new ZarrSpec { LeadTimesPerChunk = perChunk } },
            Checkpoint = spec.Checkpoint with { FlushInterval = perChunk },
        };
    }

    private ZarrFieldStore Open(RunSpec spec, string[] variables)
    {
        var schedule = BoundarySchedule.Of(spec);
        var model = new StandInModel().Description with { OutputVariables = variables };
        var analyses = Analyses.Read(spec, Trial.Initial);
        return ZarrFieldStore.Open(
            _trial.Files, spec.Output.Path!, FieldStores.Layout(spec, schedule, OutputPlan.Of(spec.Output, model), analyses));
    }
}
