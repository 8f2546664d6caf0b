using System.Runtime.InteropServices;

namespace Cairn.Cli.Tests.Run;

/// <summary>Boxes across the seam of the winds' grid, which goes from 20 to 377.5 degrees east.</summary>
public sealed class SeamTests : IDisposable
{
    private const string Box = "output.box.longitude = [-30, 60]";
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void The_axis_of_a_store_goes_one_way_across_the_seam()
    {
        Assert.Equal(0, CommandLine.Invoke("run", _line.Spec(Box)).Code);

        Assert.Equal(Enumerable.Range(0, 37).Select(i => -30 + (2.5 * i)), Longitudes());
    }

    [Fact]
    public void A_store_that_an_older_version_began_is_not_gone_on_with_and_not_changed()
    {
        Assert.Equal(0, CommandLine.Invoke("run", _line.Spec(Box)).Code);
        double[] old = [.. Longitudes().Select(degrees => degrees < 20 ? degrees + 360 : degrees)];
        File.WriteAllBytes(Axis, MemoryMarshal.AsBytes<double>(old).ToArray());

        var (code, _, error) = CommandLine.Invoke("run", _line.Spec(Box), "--set", "lead-times.count=5");
        Assert.Equal(2, code);
        Assert.Contains("found 330 … 60, which decrease at the seam", error, StringComparison.Ordinal);
        Assert.Contains("this one writes -30 … 60", error, StringComparison.Ordinal);
        Assert.Equal(old, Longitudes());
        Assert.Equal(0, CommandLine.Invoke("run", _line.Spec(Box), "--set", "lead-times.count=5", "--fresh").Code);
    }

    private string Axis => _line["out/fields.zarr/longitude/0"];

    private double[] Longitudes() => MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Axis)).ToArray();
}
