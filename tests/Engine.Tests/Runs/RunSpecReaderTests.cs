
namespace Cairn.Engine.Tests.Runs;

public sealed class RunSpecReaderTests : IDisposable
{
    private readonly SpecFolder _folder = new();

    [Fact]
    public void Defaults_fill_what_is_not_stated()
    {
        var spec = _folder.Read(SpecFolder.Whole);

        Assert.Equal(("auto", "float32", 1), (spec.Model.Device, spec.Model.DType, spec.Model.Threads));
        Assert.Equal((1, 1, 0L), (spec.Ensemble.Size, spec.Ensemble.BatchSize, spec.Ensemble.Seed));
        Assert.Equal(new PerturbationSpec("zero", 0, null), spec.Ensemble.Perturbation);
        Assert.Equal((CheckpointMode.Append, 1, null, 2),
            (spec.Checkpoint.Mode, spec.Checkpoint.FlushInterval, spec.Checkpoint.HistorySize, spec.Checkpoint.Level));
        Assert.Equal(("zarr", 1, new ZarrSpec { LeadTimesPerChunk = 1, Compression = OutputCompression.Zlib }),
            (spec.Output.Kind, spec.Output.Every, (ZarrSpec)spec.Output.Store));
        Assert.Null(spec.Output.Variables);
        Assert.Null(spec.Output.Box);
        Assert.Null(spec.Node.Slots);
        Assert.Null(spec.Initial.Time);
        Assert.Equal(6, spec.StepsPerBoundary);
    }

    [Theory]
    [InlineData("off", null)]
    [InlineData("false", null)]
    [InlineData("auto", "work/out/forecast.html")]
    [InlineData("true", "work/out/forecast.html")]
    [InlineData("maps.html", "work/maps.html")]
    public void No_picture_is_off_and_in_JSON_and_YAML_false(string word, string? path) => Assert.Equal(
        path is null ? null : _folder.Path(path), _folder.Read(SpecFolder.Whole, $"output.picture={word}").Output.Picture);

    [Fact]
    public void Input_paths_are_relative_to_the_file_that_states_them_and_output_paths_to_the_working_directory()
    {
        _folder.Write("base/shared.conf", "initial { source = netcdf, path = ../data/x.nc, variables { u = u } }");
        _folder.Write("data/x.nc", "");
        var spec = _folder.Read("include \"base/shared.conf\"\nname = a\n" + SpecFolder.Model + SpecFolder.Times + SpecFolder.Storage);

        Assert.Equal(_folder.Path("data/x.nc"), spec.Initial.Path);
        Assert.Equal(_folder.Path("work/out/checkpoints"), spec.Checkpoint.Path);
        Assert.Equal(_folder.Path("work/out/fields.zarr"), spec.Output.Path);
    }

    [Fact]
    public void Input_paths_in_an_override_are_relative_to_the_working_directory()
    {
        _folder.Write("work/y.nc", "");

        Assert.Equal(_folder.Path("work/y.nc"), _folder.Read(SpecFolder.Whole, "initial.path=y.nc").Initial.Path);
    }

    [Fact]
    public void All_mistakes_are_reported_together_with_their_lines()
    {
        var error = Assert.Throws<RunSpecException>(() => _folder.Read(
            """
            name = "no spaces please"
            model { kind = persistense, step = 30 }
            initial { source = netcdf, path = gone.nc, variables { } }
            lead-times { every = 6h, count = 0 }
            ensemble.sise = 4
            """,
            "output.every=often"));

        var file = _folder.Path("run.conf");
        (string, int?, string)[] expected =
        [
            (file, 1, "name"), (file, 2, "model.kind"), (file, 2, "model.step"), (file, 3, "initial.path"), (file, 3, "initial.variables"),
            (file, 4, "lead-times.count"), (file, 5, "ensemble.sise"),
            ("--set output.every", null, "output.every"), (file, null, "checkpoint.path"), (file, null, "output.path"),
        ];
        Assert.Equal(expected.Order(), error.Mistakes.Select(m => (m.Origin, m.Line, m.Key)).Order());
        Assert.All(error.Mistakes, m => Assert.Contains(m.ToString(), error.Message, StringComparison.Ordinal));
        Assert.Contains("has 10 mistakes", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"{file}:2: model.kind: found \"persistense\"; expected one of persistence, torchscript, onnx, python, earth2studio",
            error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", WarningSignals.All)]
    [InlineData("node.stop-signals = []", WarningSignals.None)]
    [InlineData("node.stop-signals = [xcpu, usr1]", WarningSignals.Usr1 | WarningSignals.Xcpu)]
    public void Signals_that_stop_a_run_are_all_warnings_unless_told_otherwise(string line, WarningSignals expected)
        => Assert.Equal(expected, _folder.Read(SpecFolder.Whole + line).Node.StopSignals);

    [Theory]
    [InlineData("ensemble.sise = 1", "ensemble.sise", "ensemble.size")]
    [InlineData("seed = 1", "seed", "ensemble.seed")]
    [InlineData("checkpoints { path = x }", "checkpoints", "checkpoint")]
    [InlineData("checkpoint.flush = 1", "checkpoint.flush", "checkpoint")]
    [InlineData("checkpoint.flush_interval = 1", "checkpoint.flush_interval", "checkpoint.flush-interval")]
    [InlineData("\"model.kind\" = barotropic", "\"model.kind\"", "model.kind")]
    [InlineData("stop { }", "stop", "")]
    public void An_unknown_setting_names_the_nearest_known_one(string line, string key, string nearest)
        => Assert.Contains(nearest, _folder.Mistake(SpecFolder.Whole + line, key, "the nearest is").Expected, StringComparison.Ordinal);

    [Theory]
    [InlineData("model.truncation = 42", "model.truncation", "belongs to barotropic")]
    [InlineData("model.diffusion.order = 4", "model.diffusion.order", "belongs to barotropic")]
    [InlineData("model.path = in.nc", "model.path", "belongs to torchscript")]
    [InlineData("ensemble.perturbation.amplitude = 1", "ensemble.perturbation.amplitude", "belongs to gaussian")]
    [InlineData("checkpoint { mode = overwrite, history-size = 2 }", "checkpoint.history-size", "belongs to append")]
    [InlineData("output.kind = none", "output.path", "belongs to zarr")]
    public void A_setting_of_another_kind_is_a_mistake(string line, string key, string expected)
        => _folder.Mistake(SpecFolder.Whole + line, key, expected);

    [Fact]
    public void A_kind_chosen_by_an_override_silences_the_settings_of_the_others_in_the_file()
    {
        Assert.Equal(OutputSpec.None, _folder.Read(SpecFolder.Whole, "output.kind=none").Output.Kind);
        _folder.Mistake(SpecFolder.Whole, "output.every", "belongs to zarr", "output.kind=none", "output.every=2");
    }

    [Theory]
    [InlineData("name = \"..\"", "name")]
    [InlineData("name = \"a/b\"", "name")]
    [InlineData("model.step = 0s", "model.step")]
    [InlineData("model.step = 3600", "model.step")]
    [InlineData("model.device = gpu", "model.device")]
    [InlineData("model.device = \"cuda:x\"", "model.device")]
    [InlineData("model.dtype = float16", "model.dtype")]
    [InlineData("model.threads = 0", "model.threads")]
    [InlineData("model.threads = 1.5", "model.threads")]
    [InlineData("model.bounds = 5", "model.bounds")]
    [InlineData("model.bounds { u = [1] }", "model.bounds.u")]
    [InlineData("model.bounds { u = [2, 1] }", "model.bounds.u")]
    [InlineData("model.bounds { w = [1, 2] }", "model.bounds.w")]
    [InlineData("model { kind = barotropic, truncation = 9 }", "model.truncation")]
    [InlineData("model { kind = barotropic, diffusion.order = 3 }", "model.diffusion.order")]
    [InlineData("model { kind = barotropic, diffusion.time-scale = 0h }", "model.diffusion.time-scale")]
    [InlineData("model.kind = torchscript", "model.path")]
    [InlineData("model { kind = torchscript, path = in.nc, variables = [u, w] }", "model.variables")]
    [InlineData("model { kind = torchscript, path = in.nc, variables = [u, u] }", "model.variables")]
    [InlineData("model { kind = torchscript, path = in.nc, outputs = [] }", "model.outputs")]
    [InlineData("model { kind = onnx, path = in.nc, inputs { x = [u, w] } }", "model.inputs.x")]
    [InlineData("model { kind = onnx, path = in.nc, inputs { x = [u] }, outputs { y = [v] } }", "model.outputs")]
    [InlineData("model { kind = onnx, path = in.nc, inputs { x = [u, v] }, outputs { y = [u] } }", "model.outputs")]
    [InlineData("model { kind = onnx, path = in.nc, inputs { x = [u, v], z = [v] }, outputs { y = [u, v] } }", "model.outputs")]
    [InlineData("model { kind = onnx, path = in.nc, inputs = [u, v] }", "model.inputs")]
    [InlineData("model { kind = onnx, path = in.nc, inputs { x = u } }", "model.inputs.x")]
    [InlineData("model { kind = onnx, path = in.nc, previous { u = v, v = u } }", "model.previous")]
    [InlineData("model { kind = onnx, path = in.nc, previous { u = [v] } }", "model.previous.u")]
    [InlineData("model { kind = onnx, path = in.nc, normalisation { u = [0, 0] } }", "model.normalisation.u")]
    [InlineData("model { kind = onnx, path = in.nc, members = apart }", "model.members")]
    [InlineData("initial.source = grib", "initial.source")]
    [InlineData("initial.path = .", "initial.path")]
    [InlineData("initial.time = \"1990-13-01\"", "initial.time")]
    [InlineData("initial.time = \"January\"", "initial.time")]
    [InlineData("initial.time = -1", "initial.time")]
    [InlineData("initial.variables.u = [a]", "initial.variables.u")]
    [InlineData("lead-times.every = 90m", "lead-times.every")]
    [InlineData("lead-times.every = 30m", "lead-times.every")]
    [InlineData("lead-times { every = 999999d, count = 2000000000 }", "lead-times.count")]
    [InlineData("ensemble { size = 2, batch-size = 3 }", "ensemble.batch-size")]
    [InlineData("ensemble.size = 1000001", "ensemble.size")]
    [InlineData("ensemble.seed = 9223372036854775808", "ensemble.seed")]
    [InlineData("ensemble.perturbation.kind = gaussian", "ensemble.perturbation.amplitude")]
    [InlineData("ensemble.perturbation { kind = gaussian, amplitude = -1 }", "ensemble.perturbation.amplitude")]
    [InlineData("ensemble.perturbation { kind = gaussian, amplitude = 1, variables = [w] }", "ensemble.perturbation.variables")]
    [InlineData("checkpoint.flush-interval = 0", "checkpoint.flush-interval")]
    [InlineData("checkpoint.history-size = 0", "checkpoint.history-size")]
    [InlineData("checkpoint.level = 3", "checkpoint.level")]
    [InlineData("checkpoint.durability = some", "checkpoint.durability")]
    [InlineData("checkpoint.on-fingerprint-change = ignore", "checkpoint.on-fingerprint-change")]
    [InlineData("checkpoint = here", "checkpoint")]
    [InlineData("output.variables = [w]", "output.variables")]
    [InlineData("output.variables = u", "output.variables")]
    [InlineData("output.compression = lz4", "output.compression")]
    [InlineData("output.every = 2", "output.every")]
    [InlineData("output.lead-times-per-chunk = 2", "output.lead-times-per-chunk")]
    [InlineData("output.lead-times-per-chunk = 4, checkpoint.flush-interval = 6", "checkpoint.flush-interval")]
    [InlineData("output.box.latitude = [80, 20]", "output.box.latitude")]
    [InlineData("output.box.latitude = [-91, 20]", "output.box.latitude")]
    [InlineData("output.box.longitude = [0, 361]", "output.box.longitude")]
    [InlineData("output.box.longitude = [10, 10]", "output.box.longitude")]
    [InlineData("output.box { north = 5 }", "output.box.north")]
    [InlineData("node.slots = 0", "node.slots")]
    [InlineData("output.path = out/checkpoints", "output.path")]
    [InlineData("output.path = out/checkpoints/fields.zarr", "output.path")]
    [InlineData("output.path = out", "output.path")]
    [InlineData("output.path = ../in.nc", "output.path")]
    public void A_value_that_will_not_do_is_a_mistake_of_its_setting(string line, string key)
        => Assert.Contains(_folder.Mistakes(SpecFolder.Whole + line), m => m.Key == key);

    [Theory]
    [InlineData("initial = null")]
    [InlineData("initial.source = nectdf")]
    public void What_depends_on_a_source_that_is_not_known_is_no_mistake(string line)
        => Assert.Equal(["initial.source"], _folder.Mistakes(SpecFolder.Whole + line).Select(m => m.Key));

    [Theory]
    [InlineData("ranks.count = 0", "ranks.count")]
    [InlineData("ranks.launcher = slurm", "ranks.launcher")]
    [InlineData("ranks { launcher = mpi, command = \"mpiexec {rank}\" }", "ranks.command")]
    [InlineData("ranks.command = \"{mpiexec} -n {count} {rank}\"", "ranks.command")]
    [InlineData("checkpoint.verify-resume = -1", "checkpoint.verify-resume")]
    [InlineData("supervision.max-restarts = -1", "supervision.max-restarts")]
    [InlineData("supervision.on-failure = ignore", "supervision.on-failure")]
    [InlineData("supervision.first-pause = 5", "supervision.first-pause")]
    [InlineData("supervision.boundary-deadline = 0s", "supervision.boundary-deadline")]
    [InlineData("supervision.quarantine-after = 0", "supervision.quarantine-after")]
    [InlineData("rehearsal = [{ kind = sneeze, lead-time = 6h }]", "rehearsal[0].kind")]
    [InlineData("rehearsal = [{ kind = throw }]", "rehearsal[0].lead-time")]
    [InlineData("rehearsal = [{ kind = throw, lead-time = 6h, often = 3 }]", "rehearsal[0].often")]
    [InlineData("rehearsal = [{ kind = throw, lead-time = 6h, member = 99 }]", "rehearsal[0]")]
    [InlineData("rehearsal = [{ kind = throw, lead-time = 6h, rank = 1 }]", "rehearsal[0]")]
    [InlineData("node.wall-clock-limit = 3", "node.wall-clock-limit")]
    [InlineData("node.stop-signals = [usr1, term]", "node.stop-signals")]
    [InlineData("node.stop-signals = usr1", "node.stop-signals")]
    public void What_supervision_and_ranks_cannot_go_by_is_a_mistake_of_its_setting(string line, string key)
        => Assert.Contains(_folder.Mistakes(SpecFolder.Whole + line), m => m.Key == key);

    [Fact]
    public void An_output_folder_may_not_hold_what_the_run_reads()
    {
        var keys = _folder.Mistakes(SpecFolder.Whole + "checkpoint.path = \"..\"").Select(m => m.Found);

        Assert.Contains(keys, found => found.Contains("initial.path", StringComparison.Ordinal));
        Assert.Contains(keys, found => found.Contains("the spec", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("null")]
    public void Without_a_flush_interval_chunks_may_be_of_any_length(string none)
    {
        var spec = _folder.Read(SpecFolder.Whole + $"checkpoint.flush-interval = {none}, output.lead-times-per-chunk = 7");

        Assert.Null(spec.Checkpoint.FlushInterval);
    }

    [Theory]
    [InlineData("3", null, 3)]
    [InlineData("\"1990-01-16T12:30:00.5+01:00\"", "1990-01-16T12:30:00.5+01:00", null)]
    [InlineData("1990-02-30", "1990-02-30", null)]
    public void A_time_is_an_index_or_a_text(string given, string? text, int? index)
        => Assert.Equal(new InitialTime(text, index), _folder.Read(SpecFolder.Whole + "initial.time = " + given).Initial.Time);

    [Fact]
    public void Kinds_bring_their_own_defaults()
    {
        var barotropic = _folder.Read(SpecFolder.Whole + "model.kind = barotropic").Model;
        var script = _folder.Read(SpecFolder.Whole + "model { kind = torchscript, path = in.nc, variables = [v] }").Model;

        Assert.Equal(("float64", new BarotropicSpec(42, 4, null)), (barotropic.DType, barotropic.Of<BarotropicSpec>()));
        Assert.Null(barotropic.Of<ScriptSpec>());
        Assert.Equal(("float32", _folder.Path("in.nc")), (script.DType, script.Of<ScriptSpec>()!.Path));
        Assert.Equal(["v"], script.Of<ScriptSpec>()!.Outputs);
        Assert.Null(script.Of<BarotropicSpec>());
    }

    [Fact]
    public void Text_that_is_no_HOCON_is_one_mistake_with_its_line()
    {
        var mistake = Assert.Single(_folder.Mistakes("name = a\nmodel { kind = "));

        Assert.Equal((_folder.Path("run.conf"), 2), (mistake.Origin, mistake.Line));
        Assert.Contains("no such file", Assert.Throws<RunSpecException>(() => RunSpecReader.Read(_folder.Path("gone.conf"))).Message);
    }

    public void Dispose() => _folder.Dispose();
}
