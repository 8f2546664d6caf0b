namespace Cairn.Engine.Tests.Runs;

/// <summary>Runs whose model begins by itself.</summary>
public sealed class ModelSourceTests : IDisposable
{
    private const string Water = "name = trial\nmodel { kind = shallow-water, step = 90s }\n" + Rest;
    private const string Layer = "name = trial\nmodel { kind = spherical-shallow-water, step = 90s }\n" + Rest;
    private const string Rest = "lead-times { every = 3m, count = 4 }\n" + SpecFolder.Storage;
    private const string Own = "initial { source = model }\n";

    private static readonly string Root = typeof(ModelSourceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private readonly SpecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_are_those_of_the_ncar_program()
    {
        var spec = _folder.Read(Water + Own);

        Assert.Equal(new Cairn.Engine.Models.ShallowWater.ShallowWaterPlane(), spec.Model.Of<ShallowWaterSpec>()!.Plane);
        Assert.Equal(("sine-waves", "float64"), (spec.Initial.Case, spec.Model.DType));
        Assert.Equal(["u", "v", "p"], spec.Initial.VariableNames);
        Assert.Empty(spec.InputFiles());
    }

    [Theory]
    [InlineData("shallow-water")]
    [InlineData("spherical-shallow-water")]
    [InlineData("lorenz96")]
    [InlineData("granger-winter")]
    public void The_examples_come_back_from_json_as_they_were(string example)
    {
        var spec = RunSpecReader.Read(Path.Combine(Root, "examples", example + ".conf"), workingDirectory: "/nowhere");
        var json = RunSpecJson.Write(spec).ToJsonString();
        var again = RunSpecJson.Read(json, "run.json");

        Assert.Equal(json, RunSpecJson.Write(again).ToJsonString());
        Assert.Empty(RunSpecComparison.Differences(spec, again));
        Assert.Equal(spec.Initial.Case, again.Initial.Case);
    }

    [Theory]
    [InlineData("model.nx=65", "model.nx")]
    [InlineData("model.scheme=energy", "model.scheme")]
    [InlineData("model.coriolis=1e-5", "model.coriolis")]
    [InlineData("initial.case=bump", "initial.case")]
    public void A_setting_that_shapes_numbers_is_a_difference(string setting, string key)
    {
        var difference = Assert.Single(RunSpecComparison.Differences(_folder.Read(Water + Own), _folder.Read(Water + Own, setting)));
        Assert.Equal(key, difference.Key);
    }

    [Theory]
    [InlineData("model.truncation=21", "model.truncation")]
    [InlineData("model.mean-height=8000", "model.mean-height")]
    [InlineData("model.tilt=45", "model.tilt")]
    [InlineData("initial.case=zonal-jet", "initial.case")]
    public void A_setting_of_the_layer_on_the_sphere_that_shapes_numbers_is_a_difference(string setting, string key)
    {
        var difference = Assert.Single(RunSpecComparison.Differences(_folder.Read(Layer + Own), _folder.Read(Layer + Own, setting)));
        Assert.Equal(key, difference.Key);
    }

    [Theory]
    [InlineData("model.mean-height=0", "model.mean-height")]
    [InlineData("model.tilt=181", "model.tilt")]
    [InlineData("model.truncation=9", "model.truncation")]
    [InlineData("model.filter=0.1", "model.filter")]
    public void Settings_of_the_layer_on_the_sphere_out_of_place_are_mistakes(string setting, string key) =>
        _folder.Mistake(Layer + Own, key, "", setting);

    [Fact]
    public void A_case_that_the_model_does_not_have_is_a_mistake() =>
        _folder.Mistake(Water + "initial { source = model, case = storm }\n", "initial.case", "sine-waves, bump, vortex");

    [Fact]
    public void A_model_without_states_of_its_own_needs_another_source() => _folder.Mistake(
        "name = trial\nmodel { kind = persistence, step = 90s }\n" + Rest + Own,
        "initial.source", "persistence model provides no initial state");

    [Fact]
    public void A_file_beside_the_models_own_state_is_a_mistake() =>
        _folder.Mistake(Water + "initial { source = model, path = in.nc }\n", "initial.path", "belongs to netcdf");

    [Fact]
    public void A_case_beside_a_file_is_a_mistake() => _folder.Mistake(
        Water + "initial { source = netcdf, path = in.nc, case = bump, variables { u = u, v = v, p = p } }\n",
        "initial.case", "belongs to model");

    [Theory]
    [InlineData("model.nx=3", "model.nx")]
    [InlineData("model.dx=0", "model.dx")]
    [InlineData("model.filter=0.5", "model.filter")]
    [InlineData("model.scheme=both", "model.scheme")]
    public void Settings_out_of_range_are_mistakes(string setting, string key) => _folder.Mistake(Water + Own, key, "", setting);

    [Fact]
    public void The_lead_times_of_a_models_own_state_count_from_the_time_that_the_spec_says()
    {
        var initial = InitialSources.Read(_folder.Read(Water + Own, "initial.time=\"1984-10-01\""));

        Assert.Equal("1984-10-01", initial.Time.ToString()[..10]);
        Assert.Equal(64 * 64 * 3, initial.Fields.Length);
    }
}
