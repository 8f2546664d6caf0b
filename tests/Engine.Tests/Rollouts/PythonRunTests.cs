using Cairn.Engine.Tests.Models.Onnx;
using Cairn.Engine.Tests.Models.Python;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Whole runs of the Python class that is shipped, which draws in every step.</summary>
public sealed class PythonRunTests : IDisposable
{
    private const int Boundaries = 4;

    private readonly ExampleRuns _runs = new("my-python.conf", Boundaries, $"model.python={PythonClass.Interpreter}");

    public PythonRunTests() => PythonClass.Require();

    public void Dispose() => _runs.Dispose();

    [SkippableFact]
    public void A_restart_at_any_boundary_ends_with_the_same_bytes_and_repeats_its_steps_to_the_bit() => _runs.AssertRestartsEverywhere();

    [SkippableFact]
    public void What_the_object_remembers_of_each_member_is_in_every_session()
    {
        using var python = new PythonClass("""
            def init(self, fields):
                self.steps, self.before = 0, fields[0].astype("f4")
                return fields[0]

            def step(self, state):
                next = state + 0.01 * self.before.sum() + self.steps
                self.steps, self.before = self.steps + 1, state.astype("f4")
                return next

            def fields(self, state):
                return np.stack([state, state + self.steps]).astype("f4")

            def state(self):
                return {"steps": self.steps, "before": self.before[:1]}

            def load_state(self, arrays):
                self.steps, self.before = int(arrays["steps"]), arrays["before"]
            """);
        _runs.AssertRestartsEverywhere(
            "model.class=\"trial:Trial\"", $"model.python-path={python.Folder}", "model.arguments=null", "model.dtype=float64",
            "model.bounds=null");
    }

    [SkippableFact]
    public void Another_cut_of_the_ensemble_and_batches_side_by_side_give_the_same_fields()
    {
        var two = Spec("two");
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(two, new Recorder()));
        foreach (var size in new[] { 1, 3, 4 })
        {
            var other = Spec($"of-{size}", $"ensemble.batch-size={size}", "node.slots=2");
            Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(other, new Recorder()));
            Trial.AssertSame(Trial.Digests(two.Output.Path!), Trial.Digests(other.Output.Path!));
        }
    }

    [SkippableFact]
    public void Diagnostics_go_with_it_and_its_draws_stay_those_of_the_members()
    {
        var (bare, diagnosed) = (Spec("bare"), Spec("diagnosed", "diagnostics=[{kind=kinetic-energy}]", "output.variables=[u, v]"));
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(bare, new Recorder()));
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(diagnosed, new Recorder()));

        Assert.Equal(Chunks(bare), Chunks(diagnosed));
    }

    [SkippableFact]
    public void A_diagnostic_of_another_kind_goes_with_it_and_restarts_anywhere()
    {
        using var python = new PythonClass("def step(self, state):\n    return state * self.dtype.type(0.5)");
        var path = OnnxGraph.Of("Add", 100, ["n", 2, 73, 144]).Write(Path.Combine(python.Folder, "add.onnx"));
        string[] settings =
        [
            "model.class=\"trial:Trial\"", $"model.python-path={python.Folder}", "model.arguments=null",
            $"diagnostics=[{{ kind = onnx, path = \"{path}\", variables = [v, u], outputs = [v_more] }}]",
        ];
        _runs.AssertRestartsEverywhere(settings);

        var store = FieldStoreKinds.Open(new PosixFiles(), Spec("calm", settings).Output.Path!);
        Assert.Equal(
            store.Read(1, 2, 1, "v", mayLack: false).Select(v => (float)v + 100f),
            store.Read(1, 2, 1, "v_more", mayLack: false).Select(v => (float)v));
        var other = OnnxGraph.Of("Add", 101, ["n", 2, 73, 144]).Write(path);
        var error = Assert.Throws<SpecException>(() => ExampleRuns.Run(Spec("calm", settings), new Recorder()));
        Assert.Contains("diagnostics[v_more]", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("[{ kind = onnx, variables = [u], outputs = [w], path = PATH }]", "does not fit")]
    [InlineData("[{ kind = onnx, variables = [u, v], outputs = [a, b, c], path = PATH }]", "expected axes that hold at least 3 variables")]
    public void An_onnx_diagnostic_that_does_not_fit_is_refused_before_the_run(string diagnostics, string expected)
    {
        using var python = new PythonClass("def step(self, state):\n    return state * self.dtype.type(0.5)");
        var path = OnnxGraph.Of("Add", 100, ["n", 2, 73, 144]).Write(Path.Combine(python.Folder, "add.onnx"));
        var spec = Spec("run", "model.class=\"trial:Trial\"", $"model.python-path={python.Folder}", "model.arguments=null",
            $"diagnostics={diagnostics.Replace("PATH", $"\"{path}\"", StringComparison.Ordinal)}");

        Assert.Contains(expected, Assert.Throws<SpecException>(
            () => PreparedRun.Create(spec, new RunOptions(), new RunObservers())).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_class_its_arguments_the_interpreter_and_numpy_are_part_of_what_a_resume_compares()
    {
        using var host = PreparedRun.Create(Spec("run"), new RunOptions(), new RunObservers());

        var numerics = host.Record.Numerics.ToDictionary(e => e.Key, e => e.Value);
        var fingerprint = host.Record.Fingerprint.ToDictionary(e => e.Key, e => e.Value);
        Assert.Equal("advection:Gusts", numerics["model.class"]);
        Assert.Equal("0.05", numerics["model.arguments.gusts"]);
        Assert.StartsWith("sha256:", numerics["model.code-0"], StringComparison.Ordinal);
        Assert.Matches(@"^CPython 3\.\d+", fingerprint["python"]);
        Assert.Matches(@"^\d+\.\d+", fingerprint["numpy"]);
        Assert.DoesNotContain("batch-size", fingerprint.Keys);
    }

    [SkippableFact]
    public void Where_other_processes_step_it_no_object_is_made_and_the_record_is_the_same()
    {
        var spec = Spec("run");
        using var loaded = PreparedRun.Create(spec, new RunOptions(), new RunObservers());
        using var described = PreparedRun.Create(spec, new RunOptions { StepsElsewhere = true }, new RunObservers());

        Assert.Equal(loaded.Record.Numerics, described.Record.Numerics);
        Assert.Equal(loaded.Record.Fingerprint, described.Record.Fingerprint);
        using var model = ModelFactory.Create(spec.Model, InitialSources.Read(spec), stepsElsewhere: true);
        Assert.Throws<InvalidOperationException>(() => model.Step(TorchSharp.torch.zeros(1, 2, 37, 72)));
    }

    [SkippableFact]
    public void What_the_class_prints_is_told_as_a_warning_of_the_run()
    {
        using var python = new PythonClass("def step(self, state):\n    print('hello')\n    return state");
        var recorder = new Recorder();
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(
            Spec("run", "model.class=\"trial:Trial\"", $"model.python-path={python.Folder}", "model.arguments=null"), recorder));

        Assert.True(SpinWait.SpinUntil(() => recorder.Warnings.Contains("the model: hello"), TimeSpan.FromSeconds(30)));
    }

    [SkippableFact]
    public void Bred_vectors_which_are_put_through_the_model_for_no_member_are_refused()
    {
        var error = Assert.Throws<SpecException>(() => PreparedRun.Create(
            Spec("bred", "ensemble.perturbation.kind=bred-vector"), new RunOptions(), new RunObservers()));

        Assert.Contains("for no member, but a step of the python model may depend on both", error.Message, StringComparison.Ordinal);
    }

    private static List<string> Chunks(RunSpec spec) => [.. Trial.Digests(spec.Output.Path!)
        .Where(f => f.Key.StartsWith("u/", StringComparison.Ordinal) || f.Key.StartsWith("v/", StringComparison.Ordinal))
        .Select(f => $"{f.Key} {f.Value}")];

    private RunSpec Spec(string name, params string[] settings) => _runs.Spec(name, settings);
}
