using Cairn.Engine.Sources.Regridding;
using Cairn.Storage.Tests;

namespace Cairn.Engine.Tests.Sources.Regridding;

/// <summary>The interpolation that people know, as the yardstick.</summary>
public sealed class XarrayTests
{
    private const string Script = """
        import sys, numpy, xarray
        read = lambda text: numpy.array([float(v) for v in text.split()])
        lat, lon, values, to_lat, to_lon = (read(a) for a in sys.argv[2:])
        field = xarray.DataArray(values.reshape(len(lat), len(lon)), coords={"lat": lat, "lon": lon}, dims=("lat", "lon"))
        out = field.interp(lat=to_lat, lon=to_lon, method=sys.argv[1])
        print(" ".join(repr(float(v)) for v in out.values.ravel()))
        """;

    [SkippableTheory]
    [InlineData(RegridMethod.Bilinear, "linear", 11)]
    [InlineData(RegridMethod.Bilinear, "linear", 12)]
    [InlineData(RegridMethod.Nearest, "nearest", 13)]
    [InlineData(RegridMethod.Nearest, "nearest", 14)]
    public void Inside_a_region_xarray_interpolates_to_the_same(RegridMethod method, string name, int seed)
    {
        var random = new Random(seed);
        var from = RandomGrids.Regional(random, -40, 70, 20, 200);
        var to = RandomGrids.Regional(random, -38.5, 69, 21, 199);
        var field = RandomGrids.Noise(from, random);

        var ours = GridTransfer.Between(from, to, method).Apply(field);
        var theirs = Xarray(name, from, field, to);

        Assert.All(ours.Zip(theirs), pair => Assert.Equal(pair.Second, pair.First, 1e-13));
    }

    private static double[] Xarray(string method, LatLonGrid from, double[] field, LatLonGrid to)
    {
        static string Text(IEnumerable<double> values) =>
            string.Join(' ', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
        var output = Python.Run(Script, ["numpy", "xarray", "scipy"], method, Text(from.Latitudes), Text(from.Longitudes), Text(field),
            Text(to.Latitudes), Text(to.Longitudes));
        return [.. output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
    }
}
