using Cairn.Engine.Tests.Models.Onnx;
using Cairn.Engine.Tests.Models.Python;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Models that begin from several times of the source, a month apart.</summary>
public sealed class InitialHistoryTests : IDisposable
{
    private const string Before = "2629800s";

    private readonly ExampleRuns _runs = new(
        "my-onnx.conf", 3, "model.normalisation=null", "model.step=43830m", "lead-times.every=43830m", "initial.history=[43830m]");

    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-history-").FullName;

    public void Dispose()
    {
        _runs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Older_fields_come_first_under_names_of_their_own()
    {
        var spec = _runs.Spec("run", "initial.history=[43830m, 87660m]").Initial;
        var found = InitialSources.Read(spec);

        Assert.Equal(["u-1461h", "v-1461h", $"u-{Before}", $"v-{Before}", "u", "v"], found.Variables);
        Assert.Equal("1990-01-16T20:00:00", $"{found.Time}");
        var (one, size) = (spec with { History = [] }, 73 * 144);
        Assert.Equal(InitialSources.Read(one, found.Time.Add(-TimeSpan.FromMinutes(87660))).Fields, found.Fields[..(2 * size)]);
        Assert.Equal(InitialSources.Read(one, found.Time.Add(-TimeSpan.FromMinutes(43830))).Fields, found.Fields[(2 * size)..(4 * size)]);
        Assert.Equal(InitialSources.Read(one).Fields, found.Fields[(4 * size)..]);
        Assert.Equal(["u-6h", "u-24h"], new[] { 6, 24 }.Select(hours => InitialSpec.NameBefore("u", TimeSpan.FromHours(hours))));
    }

    [Fact]
    public void An_older_time_that_the_source_lacks_is_named()
    {
        var spec = _runs.Spec("run", "initial.history=[1h]");

        var error = Assert.Throws<DataException>(() => PreparedRun.Create(spec, new RunOptions(), new RunObservers())).Message;

        Assert.StartsWith("u-1h, v-1h (initial.history) are the fields of 1990-01-16T19:00:00, 1h before 1990-01-16T20:00:00: ", error,
            StringComparison.Ordinal);
        Assert.Contains("has no time 1990-01-16T19:00:00. Nearest: ", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(spec.Checkpoint.Path));
    }

    [Theory]
    [InlineData("initial.history=[0h]", "initial.history")]
    [InlineData("initial.history=[6h, 6h]", "initial.history")]
    [InlineData("initial.variables.\"u-2629800s\"=u10m", "initial.history")]
    [InlineData("initial={ source = npy, history = [6h] }", "initial.history")]
    public void A_history_that_will_not_do_is_a_mistake(string setting, string key) => Assert.Contains(
        Assert.Throws<RunSpecException>(() => _runs.Spec("run", setting)).Mistakes, mistake => mistake.Key == key);

    [Fact]
    public void An_onnx_file_of_two_times_restarts_anywhere_and_its_older_time_is_the_step_before()
    {
        // u next = v + u before, v next = u + v before: channels of the older time first.
        var path = new OnnxGraph().Input("now", OnnxGraph.Float, "n", 2, 73, 144).Input("before", OnnxGraph.Float, "n", 2, 73, 144)
            .Output("next", OnnxGraph.Float, "n", 2, 73, 144).Constant("c", 0.5f)
            .Node("Add", ["now", "before"], ["sum"]).Node("Mul", ["sum", "c"], ["next"]).Write(Path.Combine(_folder, "two.onnx"));
        string[] settings =
        [
            $"model.path={path}", "model.inputs=null", "model.outputs=null",
            $"model.inputs={{ now = [u, v], before = [u-{Before}, v-{Before}] }}",
            "model.outputs={ next = [u, v] }",
        ];
        var own = _runs.Spec("run", settings).Model.Of<OnnxSpec>()!;
        Assert.Equal([new($"u-{Before}", "u"), new($"v-{Before}", "v")], own.Mapping.Previous);
        Assert.Equal(["u", "v"], own.Mapping.Fields);

        _runs.AssertRestartsEverywhere(settings);

        // Read back, the spec says the same.
        var (spec, explicitly) = (_runs.Spec("calm", settings), _runs.Spec(
            "calm", [.. settings, $"model.previous={{ u-{Before} = u, v-{Before} = v }}"]));
        Assert.Equal(spec.ToNumerics(), explicitly.ToNumerics());
    }

    [SkippableFact]
    public void A_python_class_begins_from_all_times_and_gives_the_newest()
    {
        PythonClass.Require();
        File.WriteAllText(Path.Combine(_folder, "two.py"), """
            import cairn
            import numpy as np

            class Two(cairn.Model):
                def step(self, state):
                    return np.concatenate([state[2:], (state[2:] + state[:2]) / 2])

                def fields(self, state):
                    return state[2:]
            """);
        string[] settings =
        [
            "model.kind=python", "model.path=null", "model.inputs=null", "model.outputs=null", "model.class=\"two:Two\"",
            $"model.python-path={_folder}", $"model.python={PythonClass.Interpreter}",
        ];
        var own = _runs.Spec("run", settings).Model.Of<PythonSpec>()!;
        Assert.Equal([$"u-{Before}", $"v-{Before}", "u", "v"], own.Variables);
        Assert.Equal(["u", "v"], own.Outputs);

        _runs.AssertRestartsEverywhere(settings);
    }

    [Fact]
    public void Each_initial_time_has_the_history_of_its_own()
    {
        var spec = _runs.Spec("run", "initial.time=[1990-01-16, 1990-07-18]");

        Assert.Equal(InitialSources.Read(spec.Initial.At(1)).Fields[..(73 * 144)], InitialSources.Read(
            spec.Initial.At(1) with { History = [] }, InitialSources.Read(spec.Initial.At(1)).Time.Add(-TimeSpan.FromMinutes(43830)))
            .Fields[..(73 * 144)]);
    }
}
