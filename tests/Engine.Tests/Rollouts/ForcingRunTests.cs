using Cairn.Engine.Forcings;
using Cairn.Engine.Tests.Models.Onnx;
using Cairn.Engine.Tests.Models.Python;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Whole runs whose steps are given the sun's height and a field of a file: the same sum by each kind of model.</summary>
public sealed class ForcingRunTests : IDisposable
{
    private const int Boundaries = 3;

    private readonly ExampleRuns _runs = new("my-onnx.conf", Boundaries, "model.normalisation=null", Forcing("times = linear"));
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-forced-").FullName;

    public void Dispose()
    {
        _runs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [SkippableTheory]
    [InlineData("onnx")]
    [InlineData("torchscript")]
    [InlineData("python")]
    public void A_restart_at_any_boundary_ends_with_the_same_bytes_and_repeats_its_steps_to_the_bit(string kind)
        => _runs.AssertRestartsEverywhere(Kind(kind));

    [SkippableFact]
    public void Each_kind_of_model_is_given_the_same_fields()
    {
        var onnx = Complete("onnx", Kind("onnx"));
        foreach (var kind in new[] { "torchscript", "python" })
        {
            var other = Complete(kind, Kind(kind));
            Assert.Equal(Read(onnx, 3, 0), Read(other, 3, 0));
        }
        // Six steps add a hundredth of the sun's height each, as it is when the step begins.
        var (zero, first) = (Read(onnx, 0, 0), Read(onnx, 1, 0));
        var initial = InitialSources.Read(onnx);
        var sun = Enumerable.Range(0, 6)
            .Select(hour => SolarGeometry.Field(ForcingQuantity.CosZenith, initial.Time.Add(TimeSpan.FromHours(hour)), initial.Grid))
            .Aggregate(new double[zero.Length], (sum, field) => [.. sum.Zip(field, (a, b) => a + (0.01 * b))]);
        Assert.All(first.Select((value, i) => value - zero[i] - sun[i]), rest => Assert.InRange(rest, -1e-4, 1e-4));
    }

    [SkippableTheory]
    [InlineData("onnx")]
    [InlineData("torchscript")]
    [InlineData("python")]
    public void Each_initial_time_has_the_forcing_of_its_own_and_another_cut_the_same(string kind)
    {
        string[] days = ["1990-01-16", "1990-07-18"];
        var all = Complete("all", [.. Kind(kind), $"initial.time=[{string.Join(", ", days)}]", "ensemble.batch-size=3"]);
        foreach (var (time, day) in days.Index())
        {
            var alone = Complete(day, [.. Kind(kind), $"initial.time={day}"]);
            for (var member = 0; member < 4; member++)
                Assert.Equal(Read(alone, Boundaries, member), Store(all).At(time)
                    .Read(member, Boundaries, 1, "u", mayLack: false));
        }
    }

    [Fact]
    public void An_input_may_mix_forcing_and_state_and_take_it_at_another_time()
    {
        // What is given as the sun's height becomes u, and as v's older value v.
        var path = OnnxGraph.Of("Add", 1, ["n", 3, 73, 144]).Write(Path.Combine(_folder, "mixed.onnx"));
        var spec = Complete(
            "mixed", $"model.path={path}", "model.inputs=null", "model.outputs=null", "model.forcing=null",
            "model.inputs={ input = [sun, v, u] }", "model.outputs={ output = [u, v] }", "model.bounds=null",
            "model.normalisation={ sun = [0.5, 2] }", "model.forcing={ sun = { quantity = cos-zenith, at = 2h } }");
        var initial = InitialSources.Read(spec);
        var sun = SolarGeometry.Field(ForcingQuantity.CosZenith, initial.Time.Add(TimeSpan.FromHours(7)), initial.Grid);

        Assert.All(Read(spec, 1, 3).Zip(sun), pair => Assert.InRange(((pair.Second - 0.5) / 2) + 1 - pair.First, -1e-6, 1e-6));
    }

    [SkippableTheory]
    [InlineData("onnx")]
    [InlineData("python")]
    public void Times_that_a_file_lacks_are_told_before_anything_is_written(string kind)
    {
        var spec = _runs.Spec("lacking", [.. Kind(kind), Forcing("times = exact")]);
        var error = Assert.Throws<DataException>(() => PreparedRun.Create(spec, new RunOptions(), new RunObservers())).Message;
        Assert.Contains("gives no u10m at 1990-01-16T2", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(spec.Checkpoint.Path));

        // The first time of two is there; what follows it is not.
        var late = _runs.Spec("late",
            [.. Kind(kind), "initial.time=[1990-01-16, 1992-12-17]", "model.step=43830m", "lead-times.every=43830m"]);
        error = Assert.Throws<DataException>(() => PreparedRun.Create(late, new RunOptions(), new RunObservers())).Message;
        Assert.Contains(" of 6 times that steps want (times = linear); it has 132 times from 1982-01-16", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_forcing_is_refused_on_resume_and_a_copy_of_the_file_is_not()
    {
        var spec = Complete("run", Kind("onnx"));
        var copy = Path.Combine(_folder, "copy.nc");
        File.Copy(ExampleRuns.File("data", "navy-winds-1982-1992.nc"), copy);
        var same = _runs.Spec("run", [.. Kind("onnx"), Forcing("times = linear", copy)]);
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(same, new Recorder()));

        foreach (var other in new[] { "times = nearest", "times = linear, at = 1h", "times = linear, variable = v10m" })
        {
            var error = Assert.Throws<SpecException>(
                () => ExampleRuns.Run(_runs.Spec("run", [.. Kind("onnx"), Forcing(other)]), new Recorder()));
            Assert.Contains("model.forcing.wind", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Fields_of_another_run_drive_one()
    {
        var other = Complete("other", "lead-times.every=1h", "lead-times.count=18", "model.forcing=null");
        var settings = Kind("onnx").Append("model.forcing=null").Append(
            $"model.forcing={{ sun = cos-zenith, wind {{ source = zarr, path = \"{other.Output.Path}\", variable = u, member = 1 }} }}");
        var driven = Complete("driven", [.. settings]);
        var gained = Read(driven, 1, 0, "v").Zip(Read(driven, 0, 0, "v"), (a, b) => a - b);
        var given = Enumerable.Range(0, 6).Select(hour => Read(other, hour, 1))
            .Aggregate((sum, field) => [.. sum.Zip(field, (a, b) => a + b)]);

        Assert.All(gained.Zip(given), pair => Assert.InRange(pair.First - (0.01 * pair.Second), -1e-4, 1e-4));
    }

    private static string Forcing(string times, string? path = null) => "model.forcing={ sun = cos-zenith, wind { variable = u10m, "
        + $"path = \"{path ?? ExampleRuns.File("data", "navy-winds-1982-1992.nc")}\", {times} }} }}";

    /// <summary>A model that adds a hundredth of the forcing.</summary>
    private string[] Kind(string kind)
    {
        if (kind == "onnx")
        {
            var path = new OnnxGraph().Input("x", OnnxGraph.Float, "n", 2, 73, 144).Input("forcing", OnnxGraph.Float, 1, 2, 73, 144)
                .Output("next", OnnxGraph.Float, "n", 2, 73, 144).Constant("c", 0.01f)
                .Node("Mul", ["forcing", "c"], ["scaled"]).Node("Add", ["x", "scaled"], ["next"])
                .Write(Path.Combine(_folder, "forced.onnx"));
            return [$"model.path={path}", "model.inputs=null", "model.outputs=null",
                "model.inputs={ x = [u, v], forcing = [sun, wind] }",
                "model.outputs={ next = [u, v] }"];
        }
        string[] none = ["model.inputs=null", "model.outputs=null", $"model.kind={kind}"];
        if (kind == "torchscript")
        {
            File.WriteAllText(
                Path.Combine(_folder, "forced.ts"), "def step(x: Tensor, forcing: Tensor) -> Tensor:\n    return x + forcing * 0.01");
            return [.. none, $"model.path={_folder}/forced.ts"];
        }
        PythonClass.Require();
        File.WriteAllText(Path.Combine(_folder, "forced.py"), """
            import cairn
            import numpy as np

            class Forced(cairn.Model):
                def step(self, state):
                    self.sun = self.forcing["sun"]
                    return state + np.float32(0.01) * np.stack([self.sun, self.forcing["wind"]])
            """);
        return [.. none, "model.path=null", "model.class=\"forced:Forced\"", $"model.python-path={_folder}",
            $"model.python={PythonClass.Interpreter}"];
    }

    private RunSpec Complete(string name, params string[] settings)
    {
        var spec = _runs.Spec(name, settings);
        Assert.Equal(RunOutcome.Completed, ExampleRuns.Run(spec, new Recorder()));
        return spec;
    }

    private static double[] Read(RunSpec spec, int boundary, int member, string variable = "u") =>
        Store(spec).Read(member, boundary, 1, variable, mayLack: false);

    private static IFieldStore Store(RunSpec spec) => FieldStoreKinds.Open(new PosixFiles(), spec.Output.Path!);
}
