using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.NetCdf;

/// <summary>Files of the classic formats that were cut short, whose end libnetcdf reads as zeros without a word.</summary>
public sealed class ClassicHeaderTests : IDisposable
{
    private const string Script = """
        import sys, netCDF4, numpy as np
        root, form, layout = sys.argv[1], sys.argv[2], sys.argv[3].split()
        wide = form == 'NETCDF3_64BIT_DATA'
        with netCDF4.Dataset(root, 'w', format=form) as f:
            f.history = 'made ' * 7
            f.createDimension('y', 3); f.createDimension('x', 5); f.createDimension('t', None)
            y = f.createVariable('y', 'f8', ('y',)); y.units = 'degrees_north'; y[:] = [-1, 0, 1]
            f.createVariable('s', 'i1', ('x',))[:] = 1
            if wide: f.createVariable('w', 'u8', ('x',))[:] = 2
            if 'one' in layout: f.createVariable('r', 'i1', ('t', 'x'))[:] = np.ones((3, 5))
            if 'two' in layout:
                f.createVariable('r', 'i1', ('t', 'x'))[:] = np.ones((3, 5))
                f.createVariable('q', 'f4', ('t', 'y', 'x'))[:] = np.ones((3, 3, 5))
            if 'none' in layout: f.createVariable('r', 'i2', ('t', 'x'))
        """;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [SkippableTheory]
    [InlineData("NETCDF3_CLASSIC", "fixed")]
    [InlineData("NETCDF3_CLASSIC", "one record variable")]
    [InlineData("NETCDF3_CLASSIC", "two record variables")]
    [InlineData("NETCDF3_CLASSIC", "none written")]
    [InlineData("NETCDF3_64BIT_OFFSET", "two record variables")]
    [InlineData("NETCDF3_64BIT_DATA", "fixed")]
    [InlineData("NETCDF3_64BIT_DATA", "one record variable")]
    [InlineData("NETCDF3_64BIT_DATA", "two record variables")]
    public void A_file_that_was_cut_short_is_refused_and_a_whole_one_read(string format, string layout)
    {
        Skip.If(NetCdfLibrary.Version is null, NetCdfLibrary.HowToInstall);
        Python.Run(Script, ["netCDF4", "numpy"], _path, format, layout);
        var whole = File.ReadAllBytes(_path);
        using (var file = NetCdfFile.Open(_path))
        {
            Assert.Equal([-1, 0, 1], file.ReadDoubles(file.Variable("y")));
        }

        // Up to three bytes at the end are none of any value.
        for (var length = 4; length <= whole.Length - 4; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            var error = Assert.Throws<DataException>(() => NetCdfFile.Open(_path));
            Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        }

        Assert.Contains("was truncated", Assert.Throws<DataException>(() => NetCdfFile.Open(_path)).Message, StringComparison.Ordinal);
    }
}
