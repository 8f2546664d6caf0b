using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Tests.Mesh;

namespace Cairn.Engine.Tests.Runs;

/// <summary>What a spec says of a mesh model.</summary>
public sealed class MeshSpecTests : IDisposable
{
    private const string Whole = """
        name = trial
        model { kind = mesh, step = 30m, mesh { path = in.nc }, weather { path = in.nc, elevation = 1420 } }
        initial { source = model, time = "1996-09-11T00:30:00" }
        lead-times { every = 3h, count = 4 }

        """ + SpecFolder.Storage;

    private readonly SpecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_has_a_default_but_the_files_and_the_station()
    {
        var spec = _folder.Read(Whole);
        var mesh = spec.Model.Of<MeshSpec>()!;

        Assert.Equal((_folder.Path("in.nc"), null, null), (mesh.Path, mesh.Parameters, mesh.Point));
        Assert.Equal(new WeatherSpec(_folder.Path("in.nc"), ForcingFormat.Chm), mesh.Weather);
        Assert.Equal(ProcessCatalog.Names, mesh.Modules);
        Assert.Equal(new ProcessSettings(1420), mesh.Processes);
        Assert.Equal(("float64", "bare-ground"), (spec.Model.DType, spec.Initial.Case));
        Assert.Equal(["model.mesh.path", "model.weather.path"], spec.InputFiles().Select(file => file.Key));
    }

    [Theory]
    [InlineData("model.weather.elevation=null", "model.weather.elevation", "elevation in metres")]
    [InlineData("model.mesh.path=null", "model.mesh.path", "a mesh in CHM's JSON")]
    [InlineData("model.mesh.path=none.mesh", "model.mesh.path", "a mesh in CHM's JSON")]
    [InlineData("model.modules=[snowpack, snow]", "model.modules", "names among the modules")]
    [InlineData("model.lapse-rate=often", "model.lapse-rate", "monthly")]
    [InlineData("model.weather.format=csv", "model.weather.format", "one of chm, trail-valley")]
    [InlineData("model.liquid-water-capacity=2", "model.liquid-water-capacity", "from 0 to 1")]
    [InlineData("model.slide-passes=0", "model.slide-passes", "from 1 to 1000")]
    [InlineData("model.nx=4", "model.nx", "belongs to shallow-water")]
    [InlineData("initial.case=bump", "initial.case", "bare-ground")]
    public void What_does_not_fit_is_named(string setting, string key, string expected) =>
        _folder.Mistake(Whole, key, expected, setting);

    [Theory]
    [InlineData("model.mesh.point=3", "model.mesh.point")]
    [InlineData("model.modules=[air-temperature, relative-humidity, precipitation-phase, snowpack]", "model.modules")]
    [InlineData("model.degree-day-factor=4", "model.degree-day-factor")]
    [InlineData("model.lapse-rate=6.5", "model.lapse-rate")]
    [InlineData("model.weather.elevation=100", "model.weather.elevation")]
    public void What_shapes_numbers_may_not_change_on_resume(string setting, string key)
    {
        var differences = RunSpecComparison.Differences(_folder.Read(Whole), _folder.Read(Whole, setting));

        Assert.Equal(key, Assert.Single(differences).Key);
    }

    [Theory]
    [InlineData("model.dtype=float32", "float64 only")]
    [InlineData("model.device=cuda", "CPU only")]
    [InlineData("lead-times.count=1681", "no forcing for the step at 1997-04-09T03:00:00")]
    [InlineData("initial.time=1996-09-10", "expected a time from 1996-09-11T00:30:00")]
    [InlineData("model.step=1h", "has a row every 00:30:00")]
    [InlineData("model.mesh.point=985", "no triangle 985")]
    [InlineData("model.weather.format=chm", "begins with")]
    [InlineData("model.modules=[snowpack]", "snowpack needs t, p_rain, p_snow")]
    [InlineData("ranks.count=986", "expected 1 to 985")]
    [InlineData("output.box.longitude=[0, 1]", "output.box is in degrees")]
    [InlineData("output.variables=[depth]", "depth, which the model does not give")]
    [InlineData("ensemble.perturbation={kind=bred-vector, amplitude=1}", "bred vector")]
    public void What_cannot_be_run_is_refused_before_anything_is_written(string setting, string expected)
    {
        var spec = _folder.Read(Whole,
            $"model.mesh.path={Meshes.Data("granger1m.mesh")}", $"model.weather.path={Meshes.Data("tvc_9697_met.txt")}",
            "model.weather.format=trail-valley", setting);

        var error = Assert.ThrowsAny<CairnException>(() => PreparedRun.Create(spec, new RunOptions(), new RunObservers()));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(spec.Checkpoint.Path));
    }
}
