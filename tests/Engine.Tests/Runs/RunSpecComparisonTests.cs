namespace Cairn.Engine.Tests.Runs;

public sealed class RunSpecComparisonTests : IDisposable
{
    private readonly SpecFolder _folder = new();

    [Theory]
    [InlineData("lead-times.count = 9")]
    [InlineData("ensemble { size = 50, batch-size = 7 }")]
    [InlineData("checkpoint { flush-interval = none, history-size = 3, durability = none, on-fingerprint-change = warn }")]
    [InlineData("checkpoint.path = elsewhere, output.path = elsewhere-too")]
    [InlineData("node.slots = 3, name = renamed, model.device = cpu, model.threads = 2")]
    [InlineData("initial.path = copy.nc")]
    public void What_may_change_freely_is_no_difference(string line)
    {
        _folder.Write("copy.nc", "");

        Assert.Empty(RunSpecComparison.Differences(_folder.Read(SpecFolder.Whole), _folder.Read(SpecFolder.Whole + line)));
    }

    [Theory]
    [InlineData("model.step = 30m", "model.step: was 1h, now 30m")]
    [InlineData("model.dtype = float64", "model.dtype: was float32, now float64")]
    [InlineData("model.bounds.u = [0, 1.5]", "model.bounds.u: was not set, now [0, 1.5]")]
    [InlineData("initial.time = 1990-01-16", "initial.time: was the only one, now 1990-01-16")]
    [InlineData("initial.variables.v = v2", "initial.variables: was [u = u10m, v = v10m], now [u = u10m, v = v2]")]
    [InlineData("lead-times.every = 12h", "lead-times.every: was 6h, now 12h")]
    [InlineData("ensemble.seed = 1", "ensemble.seed: was 0, now 1")]
    [InlineData("output.variables = [v]", "output.variables: was all, now [v]")]
    [InlineData("output.zarr-format = 3", "output.zarr-format: was not set, now 3", "output.lead-times-per-shard: was not set, now 1")]
    [InlineData("output.compression = none", "output.compression: was zlib, now none")]
    [InlineData("output.box.latitude = [0, 10]", "output.box.latitude: was all, now [0, 10]")]
    public void What_shapes_numbers_or_the_store_is_named_with_old_and_new_value(string line, params string[] expected)
    {
        var differences = RunSpecComparison.Differences(_folder.Read(SpecFolder.Whole), _folder.Read(SpecFolder.Whole + line));

        Assert.Equal(expected, differences.Select(d => d.ToString()));
    }

    [Fact]
    public void Another_kind_differs_in_all_its_settings()
    {
        var differences = RunSpecComparison.Differences(
            _folder.Read(SpecFolder.Whole), _folder.Read(SpecFolder.Whole + "model.kind = barotropic"));

        Assert.Equal(
            ["model.kind", "model.dtype", "model.truncation", "model.diffusion.order", "model.diffusion.time-scale"],
            differences.Select(d => d.Key));
    }

    [Fact]
    public async Task Inputs_are_compared_by_their_contents()
    {
        var spec = _folder.Read(SpecFolder.Whole);
        var before = Assert.Single(await spec.DigestInputsAsync());
        _folder.Write("in.nc", "other contents");
        var after = Assert.Single(await spec.DigestInputsAsync());

        Assert.Equal("initial.path", before.Key);
        Assert.StartsWith("sha256:", before.Value, StringComparison.Ordinal);
        Assert.NotEqual(before.Value, after.Value);
        File.Delete(_folder.Path("in.nc"));
        var error = await Assert.ThrowsAsync<DataException>(() => spec.DigestInputsAsync());
        Assert.Contains("initial.path", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
