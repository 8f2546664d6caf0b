namespace Cairn.Engine.Tests.Runs;

/// <summary>What a spec says of the files of an ONNX model.</summary>
public sealed class OnnxSpecTests : IDisposable
{
    private readonly SpecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Networks_are_kept_with_the_shortest_first_and_their_files_told_by_what_they_cover()
    {
        _folder.Write("day.onnx", "stands for a network");
        var spec = _folder.Read(
            SpecFolder.Whole + "model { kind = onnx, networks = [{ path = day.onnx, covers = 24h }, { path = in.nc, covers = 1h }] }");
        var own = spec.Model.Of<OnnxSpec>()!;

        Assert.Equal(
            [new(_folder.Path("in.nc"), TimeSpan.FromHours(1)), new(_folder.Path("day.onnx"), TimeSpan.FromDays(1))], own.Networks);
        Assert.Equal(_folder.Path("in.nc"), spec.Model.Path);
        Assert.Equal(
            [new("model.networks.1h.path", _folder.Path("in.nc")), new("model.networks.1d.path", _folder.Path("day.onnx"))],
            spec.InputFiles().Where(file => file.Key.StartsWith("model.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("model { kind = onnx }", "model.path")]
    [InlineData("model { kind = onnx, networks = [{ path = in.nc, covers = 1h }] }", "model.networks")]
    [InlineData("model { kind = onnx, networks = [a.onnx, b.onnx] }", "model.networks")]
    [InlineData("model { kind = onnx, networks = [{ path = in.nc, covers = 1h }, { path = b, covers = 6h }] }", "model.networks[1].path")]
    [InlineData("model { kind = onnx, networks = [{ path = in.nc, covers = 1h }, { path = in.nc }] }", "model.networks[1].covers")]
    [InlineData("model { kind = onnx, networks = [{ path = in.nc, covers = 1h }, { path = in.nc, covers = 6h, x = 1 }] }",
        "model.networks[1].x")]
    [InlineData("model { kind = onnx, networks = [{ path = in.nc, covers = 2h }, { path = in.nc, covers = 6h }] }", "model.networks")]
    [InlineData("model { kind = onnx, networks = [{ path = in.nc, covers = 1h }, { path = in.nc, covers = 90m }] }", "model.networks")]
    [InlineData("model { kind = onnx, path = in.nc, networks = [{ path = in.nc, covers = 1h }, { path = in.nc, covers = 6h }] }",
        "model.networks")]
    public void A_value_that_will_not_do_is_a_mistake_of_its_setting(string line, string key)
        => Assert.Equal(key, Assert.Single(_folder.Mistakes(SpecFolder.Whole + line)).Key);

    [Fact]
    public void Files_that_are_not_there_and_output_folders_that_hold_one_are_mistakes()
    {
        const string networks = "model { kind = onnx, networks = [{ path = in.nc, covers = 1h }, { path = deep/b.onnx, covers = 6h }] }";
        Assert.Contains("is not a file", Assert.Single(_folder.Mistakes(SpecFolder.Whole + networks)).Found, StringComparison.Ordinal);

        _folder.Write("deep/b.onnx", "stands for a network");
        var mistake = Assert.Single(_folder.Mistakes(
            SpecFolder.Whole + networks + $"\ncheckpoint.path = \"{_folder.Path("deep")}\""));
        Assert.Contains("which holds model.networks.6h.path", mistake.Found, StringComparison.Ordinal);
    }
}
