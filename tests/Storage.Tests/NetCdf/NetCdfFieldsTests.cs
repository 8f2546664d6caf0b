using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.Storage.Durable;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.NetCdf;

public sealed class NetCdfFieldsTests : IDisposable
{
    private static readonly string Winds = RepositoryRoot.Path("data", "navy-winds-1982-1992.nc");

    private static readonly KeyValuePair<string, string>[] UV = [new("u", "u10m"), new("v", "v10m")];

    private readonly string _root = Directory.CreateTempSubdirectory("cairn-netcdf-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void NeedsLibrary() => Skip.If(NetCdfLibrary.Version is null, NetCdfLibrary.HowToInstall);

    [SkippableFact]
    public void The_winds_of_january_1990_are_what_the_file_holds()
    {
        NeedsLibrary();
        const string Script = """
            import sys, netCDF4, numpy as np
            f = netCDF4.Dataset(sys.argv[1])
            t = f['time']
            dates = netCDF4.num2date(t[:], t.units, t.calendar)
            i = [k for k, d in enumerate(dates) if d.strftime('%Y-%m-%d') == '1990-01-16'][0]
            np.stack([np.ma.filled(f[v][i], np.nan) for v in ('u10m', 'v10m')]).astype('<f4').tofile(sys.argv[2])
            print(i, dates[i].strftime('%Y-%m-%dT%H:%M:%S'))
            """;
        var fields = NetCdfFields.Read(Winds, UV, TimeSelector.At("1990-01-16"));
        Assert.Equal((73, 144), (fields.Latitude.Count, fields.Longitude.Count));
        Assert.Equal([("u", "u10m", "m s-1"), ("v", "v10m", "m s-1")], fields.Variables.Select(v => (v.Name, v.FileName, v.Units!)));

        var binary = Path.Combine(_root, "expected");
        var said = Python.Run(Script, ["netCDF4", "numpy"], Winds, binary).Trim().Split(' ');
        Assert.Equal(said[1], fields.Time!.Value.ToString());
        Assert.Equal(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(binary)).ToArray(), fields.ToFloats());

        var index = int.Parse(said[0], CultureInfo.InvariantCulture);
        Assert.Equal(fields.Values, NetCdfFields.Read(Winds, UV, TimeSelector.At(index)).Values);
        Assert.Equal(fields.Values, NetCdfFields.Read(Winds, UV, TimeSelector.Parse(said[1])).Values);
        Assert.Equal(fields.Values[10512..], NetCdfFields.Read(Winds, [UV[1]], TimeSelector.Parse(said[0])).Values);
    }

    [SkippableTheory]
    [InlineData("1990-01-17", "Nearest: 1989-12-1")]
    [InlineData("1990-01-16T00:00:01", "Nearest")]
    [InlineData("2050-01-01", "1992-12")]
    [InlineData("500", "numbered from 0 to 131")]
    [InlineData(null, "132 times from 1982-01-16T")]
    [InlineData("noon", "'noon' is not a time")]
    public void A_time_that_is_not_there_is_answered_with_those_that_are(string? wanted, string expected)
    {
        NeedsLibrary();
        var error = Assert.Throws<DataException>(() => NetCdfFields.Read(Winds, UV, TimeSelector.Parse(wanted)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_variable_that_is_not_there_is_answered_with_those_that_are()
    {
        NeedsLibrary();
        var error = Assert.Throws<DataException>(() => NetCdfFields.Read(Winds, [new("u", "uwnd")], TimeSelector.At(0)));
        Assert.Contains("no variable 'uwnd'", error.Message, StringComparison.Ordinal);
        Assert.Contains("v10m(time = 132, latitude = 73, longitude = 144)", error.Message, StringComparison.Ordinal);
        Assert.Contains("time, latitude", Assert.Throws<DataException>(
            () => NetCdfFields.Read(Winds, [new("u", "latitude")], TimeSelector.At(0))).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_file_that_is_none_is_refused()
    {
        NeedsLibrary();
        Assert.Contains("does not exist", Assert.Throws<DataException>(() => NetCdfFile.Open("none.nc")).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<DataException>(() => NetCdfFile.Open("http://127.0.0.1:9/x")).Message,
            StringComparison.Ordinal);
        var path = Path.Combine(_root, "text.nc");
        File.WriteAllText(path, "not NetCDF at all");
        Assert.Contains(path, Assert.Throws<DataException>(() => NetCdfFile.Open(path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, File.ReadAllBytes(Winds)[..20000]);
        Assert.Throws<DataException>(() => NetCdfFields.Read(path, UV, TimeSelector.At(0)));
    }

    /// <summary>Packed shorts, gaps, a level of length one, transposed axes recognised by units alone, text attributes of both
    /// kinds.</summary>
    private string Packed(string format)
    {
        const string Script = """
            import sys, netCDF4, numpy as np
            f = netCDF4.Dataset(sys.argv[1], 'w', format=sys.argv[2])
            for name, n in (('t', None), ('lev', 1), ('x', 3), ('y', 2)): f.createDimension(name, n)
            t = f.createVariable('t', 'i4', ('t',)); t.units = 'days since 2001-02-28'; t.calendar = '360_day'; t[:] = [0, 2, 3, 3]
            x = f.createVariable('x', 'f8', ('x',)); x.units = 'degrees_east'; x[:] = [0, 120, 240]
            y = f.createVariable('y', 'f8', ('y',)); y.units = 'degrees_north'; y[:] = [-45, 45]
            p = f.createVariable('p', 'i2', ('t', 'lev', 'x', 'y'), fill_value=-999)
            p.scale_factor = 0.5; p.add_offset = 100.0; p.missing_value = np.int16(-998)
            if sys.argv[2] == 'NETCDF4': p.setncattr_string('long_name', 'pressure')
            else: p.long_name = 'pressure'
            p.set_auto_maskandscale(False)
            p[:] = np.arange(24).reshape(4, 1, 3, 2)
            p[1, 0, 0, 0] = -999; p[1, 0, 2, 1] = -998
            q = f.createVariable('q', 'f4', ('t', 'x'))
            r = f.createVariable('r', 'f4', ('t', 'x', 'y')); r[3] = 1
            f.close()
            """;
        var path = Path.Combine(_root, format + ".nc");
        Python.Run(Script, ["netCDF4", "numpy"], path, format);
        return path;
    }

    [SkippableTheory]
    [InlineData("NETCDF4")]
    [InlineData("NETCDF3_CLASSIC")]
    public void Packed_and_transposed_fields_are_unpacked_and_turned(string format)
    {
        NeedsLibrary();
        var path = Packed(format);
        var fields = NetCdfFields.Read(path, [new("p", "p")], TimeSelector.At("2001-02-28"));
        Assert.Equal([-45, 45], fields.Latitude);
        Assert.Equal([0, 120, 240], fields.Longitude);
        Assert.Equal([100, 101, 102, 100.5, 101.5, 102.5], fields.Values);
        using var file = NetCdfFile.Open(path);
        Assert.Equal("pressure", file.Variable("p").Text("long_name"));
        Assert.Equal(0.5, file.Variable("p").Number("scale_factor"));
    }

    /// <summary>Written in a moment, since nothing is written of what they declare.</summary>
    [SkippableTheory]
    [InlineData("p", "60000 x 60000 points")]
    [InlineData("g/p", "ncks -G")]
    public void What_cannot_be_read_however_small_its_file_is_refused_with_a_remedy(string variable, string expected)
    {
        NeedsLibrary();
        const string Script = """
            import sys, netCDF4, numpy as np
            with netCDF4.Dataset(sys.argv[1], 'w') as f:
                for name, units, n in ('lat', 'degrees_north', 60000), ('lon', 'degrees_east', 60000):
                    f.createDimension(name, n)
                    v = f.createVariable(name, 'f8', (name,)); v.units = units; v[:] = np.linspace(0, 80, n)
                for group in f, f.createGroup('g'): group.createVariable('p', 'f4', ('lat', 'lon'), chunksizes=(9, 9))
                f.createDimension('a', 2**40); f.createDimension('b', 2**40)
                f.createVariable('q', 'f4', ('a', 'b'), chunksizes=(9, 9))
            """;
        var path = Path.Combine(_root, "huge.nc");
        Python.Run(Script, ["netCDF4", "numpy"], path);

        var error = Assert.Throws<DataException>(() => NetCdfFields.Read(path, [new("p", variable)], TimeSelector.Only));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Gaps_in_the_chosen_field_are_counted()
    {
        NeedsLibrary();
        var path = Packed("NETCDF4");
        var error = Assert.Throws<DataException>(() => NetCdfFields.Read(path, [new("p", "p")], TimeSelector.At("2001-02-30")));
        Assert.Contains("2 of 6 values of p", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<DataException>(() => NetCdfFields.Read(path, [new("r", "r")], TimeSelector.At(1)));
        Assert.Contains("6 of 6 values of r", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 times", Assert.Throws<DataException>(
            () => NetCdfFields.Read(path, [new("p", "p")], TimeSelector.At("2001-03-01"))).Message, StringComparison.Ordinal);
        Assert.Contains("not understood", Assert.Throws<DataException>(
            () => NetCdfFields.Read(path, [new("q", "q")], TimeSelector.At(0))).Message, StringComparison.Ordinal);
        Assert.Contains("same grid", Assert.Throws<DataException>(
            () => NetCdfFields.Read(Mixed(path), [new("r", "r"), new("s", "s")], TimeSelector.At(0))).Message, StringComparison.Ordinal);
    }

    private static string Mixed(string path)
    {
        const string Script = """
            import sys, netCDF4
            f = netCDF4.Dataset(sys.argv[1], 'a')
            f.createDimension('y2', 4); y = f.createVariable('y2', 'f8', ('y2',)); y.units = 'degrees_north'; y[:] = [0, 1, 2, 3]
            f.createVariable('s', 'f4', ('t', 'x', 'y2'))[:] = 0
            f['r'][:] = 0
            """;
        Python.Run(Script, ["netCDF4"], path);
        return path;
    }

    [SkippableFact]
    public async Task Several_threads_take_turns()
    {
        NeedsLibrary();
        var expected = NetCdfFields.Read(Winds, UV, TimeSelector.At(5)).Values;
        var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => NetCdfFields.Read(Winds, UV, TimeSelector.At(5)).Values));
        Assert.All(await Task.WhenAll(readers), values => Assert.Equal(expected, values));
    }

    [SkippableFact]
    public void Boxes_outside_a_variable_are_refused()
    {
        NeedsLibrary();
        using var file = NetCdfFile.Open(Winds);
        var u = file.Variable("u10m");
        Assert.Equal(6, file.ReadFloats(u, [131, 0, 0], [1, 2, 3]).Length);
        Assert.Throws<DataException>(() => file.ReadDoubles(u, [131, 0, 0], [2, 2, 3]));
        Assert.Throws<DataException>(() => file.ReadDoubles(u, [0, 0], [1, 1]));
        Assert.Throws<DataException>(() => file.ReadDoubles(u, [-1, 0, 0], [1, 1, 1]));
        Assert.Throws<DataException>(() => file.ReadDoubles(u, [1, 0, 0], [long.MaxValue, 1, 1]));
        Assert.Empty(file.ReadDoubles(u, [0, 0, 0], [0, 1, 1]));
    }

    [Fact]
    public void A_files_digest_is_its_contents_sha256()
    {
        var files = new Durable.RecordingFiles("/d");
        files.Seed("/d/f", "abc"u8.ToArray());
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", FileDigest.Sha256(files, "/d/f"));
    }
}
