using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.NetCdf;

public sealed class NetCdfWriterTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-netcdf-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableFact]
    public void A_file_in_memory_holds_what_was_put_into_it()
    {
        using var file = NetCdfWriter.CreateInMemory("chkp.nc");
        file.DefineDimension("tri_id", 3);
        file.DefineVariable("snow:swe[2]", NetCdfType.Double, ["tri_id"]);
        file.DefineVariable("count", NetCdfType.Int32, []);
        file.DefineAttribute(null, "restart_time", "2020-Jan-25 14:00:00");
        file.DefineAttribute(null, "restart_time_sec", 1577462400UL);
        file.DefineAttribute("count", "range", 1.5f, 2.5f);
        file.EndDefinition();
        file.Write("snow:swe[2]", [0], [2], [1.25, -2]);
        file.Write("snow:swe[2]", [2], [1], [1e300]);
        file.Write("count", [], [], [7]);
        File.WriteAllBytes(Path.Combine(_root, "chkp.nc"), file.CloseInMemory());

        Assert.Equal("agreed\n", Python.Run(
            """
            import sys, numpy as np, netCDF4
            d = netCDF4.Dataset(sys.argv[1])
            assert d.data_model == 'NETCDF4' and len(d.dimensions['tri_id']) == 3
            assert list(d['snow:swe[2]'][:]) == [1.25, -2, 1e300] and d['snow:swe[2]'].dtype == 'f8'
            assert d['count'][...] == 7 and d['count'].dtype == 'i4' and list(d['count'].range) == [1.5, 2.5]
            assert d.restart_time == '2020-Jan-25 14:00:00'
            assert d.restart_time_sec == 1577462400 and d.restart_time_sec.dtype == np.dtype('u8'), d.restart_time_sec.dtype
            print('agreed')
            """,
            ["numpy", "netCDF4"], Path.Combine(_root, "chkp.nc")));
    }

    [Fact]
    public void What_cannot_be_written_is_told_with_the_file_and_the_reason()
    {
        var taken = Path.Combine(_root, "taken.nc");
        File.WriteAllText(taken, "");

        Assert.Contains(taken, Assert.Throws<TransientException>(() => NetCdfWriter.Create(taken)).Message, StringComparison.Ordinal);
        Assert.Throws<TransientException>(() => NetCdfWriter.Create(Path.Combine(_root, "no", "folder.nc")));
        using var file = NetCdfWriter.CreateInMemory("m");
        file.DefineDimension("x", 2);
        file.DefineVariable("v", NetCdfType.Double, ["x"]);
        Assert.Throws<TransientException>(() => file.DefineVariable("v", NetCdfType.Double, ["x"]));
        file.EndDefinition();
        Assert.Throws<ArgumentException>(() => file.Write("v", [0], [2], [1f, 2f]));
        Assert.Throws<ArgumentException>(() => file.Write("v", [0], [2], [1.0]));
        Assert.Throws<TransientException>(() => file.Write("v", [1], [2], [1.0, 2]));
    }
}
