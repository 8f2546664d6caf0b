using System.Runtime.InteropServices;
using Cairn.Storage.Tests.Fields.Zarr;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Fields;

public sealed class LongitudeOrderTests
{
    [Theory]
    [InlineData(new double[] { 0, 90, 180, 270 }, new double[] { 0, 90, 180, 270 })]
    [InlineData(new double[] { 20, 200, 377.5 }, new double[] { 20, 200, 377.5 })]
    [InlineData(new double[] { 0, 180, 360 }, new double[] { 0, 180, 360 })]
    [InlineData(new double[] { 60, 0, -60 }, new double[] { 60, 0, -60 })]
    [InlineData(new[] { 315, 337.5, 0, 22.5, 45 }, new[] { -45, -22.5, 0, 22.5, 45 })]
    [InlineData(new double[] { 330, 377.5, 20, 60 }, new double[] { -30, 17.5, 20, 60 })]
    [InlineData(new double[] { 170, 180, -170 }, new double[] { 170, 180, 190 })]
    [InlineData(new double[] { 0, 90, -180, -90 }, new double[] { 0, 90, 180, 270 })]
    [InlineData(new double[] { 180, 270, 0, 90 }, new double[] { -180, -90, 0, 90 })]
    [InlineData(new double[] { 45, 0, 315 }, new double[] { 45, 0, -45 })]
    [InlineData(new double[] { 315, 0 }, new double[] { -45, 0 })]
    [InlineData(new double[] { 5 }, new double[] { 5 })]
    public void Meridians_keep_their_order_and_go_one_way(double[] degrees, double[] expected) =>
        Assert.Equal(expected, LongitudeOrder.Monotonic(degrees));

    [Theory]
    [InlineData(new double[] { 0, 120, 60, 180 })]
    [InlineData(new double[] { 0, 0, 90 })]
    [InlineData(new double[] { 0, 90, 180, 270, 0, 90 })]
    [InlineData(new[] { 0, double.NaN, 90 })]
    [InlineData(new double[] { 0, 90, 0, 180 })]
    public void What_goes_no_way_is_no_axis(double[] degrees) => Assert.Null(LongitudeOrder.Monotonic(degrees));

    [Fact]
    public void A_store_whose_axis_would_fall_back_is_not_begun()
    {
        var files = new RecordingFiles("/out");
        var error = Assert.Throws<SpecException>(() => ZarrFieldStore.Open(files, "/out/f.zarr", Across([315, 0, 45, 90])));

        Assert.Contains("not monotonic", error.Message, StringComparison.Ordinal);
        Assert.False(files.FileExists("/out/f.zarr/.zmetadata"));
    }

    [Fact]
    public void A_store_that_an_older_version_began_across_the_seam_is_read_and_not_gone_on_with()
    {
        var files = new RecordingFiles("/out");
        _ = ZarrFieldStore.Open(files, "/out/f.zarr", Across([-45, 0, 45, 90]));
        AtomicFile.Replace(files, "/out/f.zarr/longitude/0", MemoryMarshal.AsBytes<double>([315, 0, 45, 90]).ToArray());

        var error = Assert.Throws<SpecException>(() => ZarrFieldStore.Open(files, "/out/f.zarr", Across([-45, 0, 45, 90])));
        Assert.Contains("found 315 … 90, which decrease at the seam", error.Message, StringComparison.Ordinal);
        Assert.Contains("this one writes -45 … 90", error.Message, StringComparison.Ordinal);
        Assert.Equal([315, 0, 45, 90], ZarrFieldStore.OpenExisting(files, "/out/f.zarr").Layout.Longitude);
    }

    private static FieldLayout Across(double[] longitude) => ZarrFieldStoreTests.Layout() with { Longitude = longitude };
}
