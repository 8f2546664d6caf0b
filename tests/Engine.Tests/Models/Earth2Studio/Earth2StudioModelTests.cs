using Cairn.Engine.Tests.Models.Python;
using Cairn.Engine.Tests.Rollouts;

namespace Cairn.Engine.Tests.Models.Earth2Studio;

/// <summary>Whole runs of models with Earth2Studio's interface, and what is refused of them.</summary>
public sealed class Earth2StudioModelTests : IDisposable
{
    private const int Boundaries = 3;

    private static readonly string[] TwoTimes =
    [
        "model.arguments.history=2", "initial.variables={u=u10m, v=v10m, u-6h=u10m, v-6h=v10m}", "model.outputs=[u, v]",
    ];

    private static readonly string Root = typeof(Earth2StudioModelTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private readonly ExampleRuns _runs = new(
        "my-python.conf", Boundaries, "model=null", "model.kind=earth2studio", $"model.python={PythonClass.Interpreter}",
        $"model.python-path={Path.Combine(Root, "tests/Engine.Tests/Models/Earth2Studio")}", "model.step=6h",
        "model.model=\"waves:Waves\"");

    public Earth2StudioModelTests()
    {
        PythonClass.Require();
        Skip.IfNot(Directory.Exists("/usr/lib/python3/dist-packages/torch"), "PyTorch is missing: apt-get install python3-torch");
    }

    public void Dispose() => _runs.Dispose();

    [SkippableFact]
    public void A_model_that_draws_and_takes_two_times_restarts_at_any_boundary_with_the_same_bytes() =>
        _runs.AssertRestartsEverywhere(["model.arguments.noise=0.5", .. TwoTimes]);

    [SkippableFact]
    public void What_an_iterator_binds_is_in_every_session() =>
        _runs.AssertRestartsEverywhere(["model.by=iterator", "model.arguments.noise=0.5", .. TwoTimes]);

    [SkippableFact]
    public void An_iterator_may_step_otherwise_than_the_call()
    {
        var (called, iterated) = (_runs.Spec("called"), _runs.Spec("iterated", "model.by=iterator"));
        ExampleRuns.Run(called, new Recorder());
        ExampleRuns.Run(iterated, new Recorder());

        var (one, other) = (Trial.Digests(called.Output.Path!), Trial.Digests(iterated.Output.Path!));
        Assert.Equal(one["u/0.0.2.0.0"], other["u/0.0.2.0.0"]);
        Assert.NotEqual(one["u/0.0.3.0.0"], other["u/0.0.3.0.0"]);
    }

    [SkippableFact]
    public void A_model_whose_grid_runs_the_other_way_gives_the_fields_of_one_that_does_not()
    {
        var (plain, turned) = (_runs.Spec("plain"), _runs.Spec("turned", "model.arguments.lat_up=true"));
        ExampleRuns.Run(plain, new Recorder());
        ExampleRuns.Run(turned, new Recorder());

        Trial.AssertSame(Chunks(plain), Chunks(turned));
    }

    [SkippableFact]
    public void The_model_its_file_and_the_versions_of_its_libraries_are_part_of_what_a_resume_compares()
    {
        using var host = PreparedRun.Create(_runs.Spec("run"), new RunOptions(), new RunObservers());

        var numerics = host.Record.Numerics.ToDictionary(e => e.Key, e => e.Value);
        var fingerprint = host.Record.Fingerprint.ToDictionary(e => e.Key, e => e.Value);
        Assert.Equal("waves:Waves", numerics["model.model"]);
        Assert.Equal("call", numerics["model.by"]);
        Assert.StartsWith("sha256:", numerics["model.code-0"], StringComparison.Ordinal);
        Assert.StartsWith("torch ", fingerprint["python-libraries"], StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("waves:ten", "", "returned lead times of 10h; expected 6h: model.step is 6h")]
    [InlineData("waves:nothing", "", "is a int without input_coords; expected the interface PrognosticModel of Earth2Studio")]
    [InlineData("waves:None", "", "has no None")]
    [InlineData("waves2:Waves", "", "No module named 'waves2'")]
    [InlineData("waves:Forgetful", "model.by=iterator", "binds no state at level 2")]
    [InlineData("waves:Waves", "model.arguments.history=2", "expected u-6h, v-6h among initial.variables")]
    [InlineData("waves:Waves", "model.arguments.variable=[u, t2m]", "expected t2m among initial.variables and model.variables")]
    [InlineData("waves:Waves", "model.arguments.gives=[u]", "did not return v, which its next step takes")]
    [InlineData("waves:Waves", "model.arguments.dims=[lead_time, variable, hrrr_y, hrrr_x]", "expected lead_time, variable, lat, lon")]
    [InlineData("waves:Waves", "model.package=/nowhere", "has no load_model")]
    [InlineData("waves:Waves", "model.arguments.colour=red", "unexpected keyword argument 'colour'")]
    public void What_does_not_fit_is_refused_before_anything_begins(string model, string setting, string told)
    {
        string[] settings = [$"model.model=\"{model}\"", .. setting.Length > 0 ? new[] { setting } : []];
        var spec = _runs.Spec("refused", settings);
        var error = Assert.ThrowsAny<CairnException>(() => PreparedRun.Create(spec, new RunOptions(), new RunObservers()));

        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(spec.Checkpoint.Path));
    }

    /// <summary>Earth2Studio's own code, with what of it these models need.</summary>
    [SkippableTheory]
    [InlineData("call", 1)]
    [InlineData("iterator", 1)]
    [InlineData("iterator", 2)]
    public void Its_own_persistence_model_restarts_with_the_same_bytes(string by, int history)
    {
        var checkpoint = Environment.GetEnvironmentVariable("CAIRN_EARTH2STUDIO_CHECKPOINT");
        Skip.If(string.IsNullOrEmpty(checkpoint), "CAIRN_EARTH2STUDIO_CHECKPOINT does not name Earth2Studio's checkpoint.py");
        var package = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(checkpoint)!, ".."));
        Skip.IfNot(File.Exists(Path.Combine(package, "models", "px", "persistence.py")), $"{package} is not the whole of Earth2Studio");
        using var folder = new PythonClass("pass");
        Directory.CreateDirectory(Path.Combine(folder.Folder, "earth2studio"));
        // Its packages load all models, each with libraries of its own: only the one is wanted here.
        folder.Write("earth2studio/__init__.py", $"""
            import sys, types
            __path__ = ["{package}"]
            __version__ = "0"
            for name in ("models", "models.px"):
                sys.modules["earth2studio." + name] = module = types.ModuleType("earth2studio." + name)
                module.__path__ = ["{package}/" + name.replace(".", "/")]
            """);
        _runs.AssertRestartsEverywhere(
        [
            "model.model=\"earth2studio.models.px.persistence:Persistence\"", $"model.python-path={folder.Folder}", $"model.by={by}",
            .. history == 2 ? TwoTimes : [],
        ]);
    }

    private static SortedDictionary<string, string> Chunks(RunSpec spec) => new(
        Trial.Digests(spec.Output.Path!).Where(f => f.Key[1] == '/').ToDictionary(f => f.Key, f => f.Value), StringComparer.Ordinal);
}
