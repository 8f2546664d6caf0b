namespace Cairn.Engine.Tests.Runs;

public sealed class RunSpecJsonTests : IDisposable
{
    private readonly SpecFolder _folder = new();

    [Theory]
    [InlineData("")]
    [InlineData("model { kind = barotropic, diffusion { order = 8, time-scale = 12h }, bounds { u = [-1e20, 0.1] } }")]
    [InlineData("model { kind = torchscript, path = in.nc, variables = [v], outputs = [w, \"x y\"] }, initial.time = 7")]
    [InlineData("model { kind = onnx, path = in.nc }")]
    [InlineData("model { kind = onnx, networks = [{ path = in.nc, covers = 90h }, { path = in.nc, covers = 1h }] }")]
    [InlineData("model { kind = onnx, path = in.nc, previous { v = u }, normalisation { u = [1, 0.1] }, members = together }")]
    [InlineData("model { kind = onnx, path = in.nc, inputs { \"input.1\" = [v], b = [u] }, outputs { \"a.b\" = [u, v] } }")]
    [InlineData("model { kind = python, class = \"a.b:C.D\" }")]
    [InlineData("model { kind = python, class = \"m:C\", python = /usr/bin/python3, python-path = [., ..], variables = [u], outputs = [w],"
        + " memory = 2GiB, arguments { a = 1e-3, b = [1, x, true, null], c { d = \"1\" } } }")]
    [InlineData("initial.time = 1990-01-16, initial.variables { \"a.b\" = \"naïve\" }, model.step = 100ns, node.slots = 3")]
    [InlineData("ensemble { size = 9, batch-size = 2, seed = -9223372036854775808 }")]
    [InlineData("ensemble { perturbation { kind = gaussian, amplitude = 0.1, variables = [u] } }")]
    [InlineData("ensemble { perturbation { kind = brown, amplitude { u = 0.1, v = 2 }, reddening = 1.5 } }")]
    [InlineData("ensemble { perturbation { kind = spherical-gaussian, amplitude = 1, smoothness = 3, inverse-length = 0.5 } }")]
    [InlineData("ensemble { perturbation { kind = correlated-spherical-gaussian, amplitude = 1, length-scale-km = 1200 } }")]
    [InlineData("ensemble { perturbation { kind = bred-vector, amplitude = 1, cycles = 7, spacing = 3h, seeding.reddening = 3 } }")]
    [InlineData("ensemble { perturbation { kind = hemispheric-centred-bred-vector, amplitude = 1, seeding.kind = gaussian } }")]
    [InlineData("ensemble { size = 2, perturbation { kind = lagged-ensemble, lags = [0h, -730.5h] } }")]
    [InlineData("checkpoint { mode = overwrite, flush-interval = 8, level = 0, durability = none, on-fingerprint-change = warn }")]
    [InlineData("checkpoint { flush-interval = auto }, output { lead-times-per-chunk = 3 }")]
    [InlineData("checkpoint { flush-interval = none, history-size = 5 }, output { box { longitude = [350, 20.25] }, compression = none }")]
    [InlineData("diagnostics = [{ kind = kinetic-energy, bounds { kinetic_energy = [0, 1] } }, { kind = torchscript, path = in.nc,"
        + " variables = [kinetic_energy], outputs = [\"a.b\"] },"
        + " { kind = winds, variables = [\"a.b\"], outputs = [p, q], truncation = 42 }]")]
    [InlineData("output { netcdf = out/f.nc, statistics { path = out/s.nc, quantiles = [] }, keep-members = false }")]
    [InlineData("checkpoint.flush-interval = 8, output { zarr-format = 3, lead-times-per-chunk = 2 }")]
    [InlineData("checkpoint.flush-interval = none, output { zarr-format = 3, lead-times-per-chunk = 2, lead-times-per-shard = 6 }")]
    [InlineData("output.statistics.path = out/s.nc")]
    [InlineData("output.picture = off")]
    [InlineData("output.picture = pages/forecast.html")]
    [InlineData("output = null, output.kind = none")]
    public void A_spec_reads_back_as_it_was(string line)
    {
        var spec = _folder.Read(SpecFolder.Whole + line);
        var json = RunSpecJson.Write(spec).ToJsonString();
        var back = RunSpecJson.Read(json, "run.json");

        Assert.Equal(json, RunSpecJson.Write(back).ToJsonString());
        Assert.Equal(spec.ToNumerics(), back.ToNumerics());
        Assert.Equal(spec.ToOutputLayout(), back.ToOutputLayout());
        Assert.Equal(spec.Checkpoint, back.Checkpoint);
        Assert.Equal(spec.Output.Picture, back.Output.Picture);
        Assert.Equal(Free(spec), Free(back));
    }

    private static (string, string, InitialTime?, NodeSpec, int, int, LeadTimeSpec) Free(RunSpec spec) =>
        (spec.Name, spec.Initial.Path, spec.Initial.Time, spec.Node, spec.Ensemble.Size, spec.Ensemble.BatchSize, spec.LeadTimes);

    [Fact]
    public void A_spec_reads_back_when_its_input_is_gone()
    {
        var json = RunSpecJson.Write(_folder.Read(SpecFolder.Whole)).ToJsonString();
        File.Delete(_folder.Path("in.nc"));

        Assert.Equal("trial", RunSpecJson.Read(json, "run.json").Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"name\": \"trial\"")]
    [InlineData("{\"name\": \"trial\"}")]
    [InlineData("name = trial")]
    public void Damage_is_reported_by_the_name_of_the_file(string json)
        => Assert.StartsWith("/r/run.json: ", Assert.Throws<DataException>(() => RunSpecJson.Read(json, "/r/run.json")).Message);

    [Fact]
    public void A_value_that_was_tampered_with_is_refused()
    {
        var json = RunSpecJson.Write(_folder.Read(SpecFolder.Whole));
        json["ensemble"] = new JsonObject { ["size"] = -3 };

        Assert.Contains("ensemble.size", Assert.Throws<DataException>(() => RunSpecJson.Read(json.ToJsonString(), "run.json")).Message);
    }

    public void Dispose() => _folder.Dispose();
}
