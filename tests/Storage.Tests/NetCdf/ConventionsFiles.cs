using System.Text.Json;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.NetCdf;

/// <summary>Files that netCDF4-python makes of lines of Python, one each, and what netCDF4-python and xarray read in them: made once for a
/// table.</summary>
internal sealed class ConventionsFiles : IDisposable
{
    private const string Script = """
        import json, sys, warnings
        import cftime, netCDF4, numpy as np, xarray as xr
        warnings.simplefilter('ignore')
        i1, u1, i2, u2, i4, u4, i8, u8, f4, f8 = (np.dtype(t).type for t in 'i1 u1 i2 u2 i4 u4 i8 u8 f4 f8'.split())

        def attributes(v, a):
            for name, value in a.items():
                if isinstance(value, list): v.setncattr_string(name, value)
                else: v.setncattr(name, value)

        def coordinates(n):
            f.createDimension('lat', 1); f.createDimension('lon', n)
            y = f.createVariable('lat', 'f8', ('lat',)); y.units = 'degrees_north'; y[:] = [0]
            x = f.createVariable('lon', 'f8', ('lon',)); x.units = 'degrees_east'; x[:] = np.arange(n)

        def p(dtype, values, fill=None, endian='native', **a):
            'A field of one row.'
            coordinates(len(values))
            v = f.createVariable('p', dtype, ('lat', 'lon'), fill_value=fill, endian=endian)
            attributes(v, a)
            v.set_auto_maskandscale(False)
            v[:] = np.array([values]).astype(dtype) if dtype[1] != '8' else np.array([values], dtype)

        def t(units, value, calendar=None, dtype='f8', **a):
            'A field with a time.'
            coordinates(2)
            f.createDimension('time', 1)
            v = f.createVariable('time', dtype, ('time',))
            if units is not None: attributes(v, {'units': units})
            if calendar is not None: v.calendar = calendar
            attributes(v, a)
            v.set_auto_maskandscale(False)
            v[:] = value
            f.createVariable('p', 'f4', ('time', 'lat', 'lon'))[:] = 1

        def v(name, dims, values, dtype='f8', **a):
            'Any variable; dimensions as they are named first.'
            values = np.array(values, dtype)
            for d, n in zip(dims.split(), values.shape):
                if d not in f.dimensions: f.createDimension(d, n)
            made = f.createVariable(name, dtype, tuple(dims.split()))
            attributes(made, a)
            made[...] = values

        def moment(value):
            if hasattr(value, 'isoformat'): return value.isoformat()
            return str(np.datetime64(value, 'us')).rstrip('0').rstrip('.') if '.' in str(np.datetime64(value, 'us')) else str(value)

        def read(what):
            try: return what()
            except Exception as e: return 'error ' + repr(e)

        def numbers(values): return [float(x) for x in np.ma.filled(np.ma.asarray(values).astype('f8'), np.nan).ravel()]

        for at, line in enumerate(json.load(open(sys.argv[1] + '/lines'))):
            path = f'{sys.argv[1]}/{at}.nc'
            fmt, line = ('NETCDF3_CLASSIC', line[8:]) if line.startswith('classic ') else ('NETCDF4', line)
            with netCDF4.Dataset(path, 'w', format=fmt) as f: exec(line)
            print(json.dumps({
                'netCDF4': read(lambda: numbers(netCDF4.Dataset(path)['p'][:])),
                'xarray': read(lambda: numbers(xr.open_dataset(path, decode_times=False).p.values)),
                'times': read(lambda: [moment(x) for x in np.ravel(xr.open_dataset(path)['time'].values)])}))
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("cairn-conventions-").FullName;
    private readonly List<string> _lines;
    private readonly List<JsonElement> _read;

    internal ConventionsFiles(IEnumerable<string> lines)
    {
        Skip.If(NetCdfLibrary.Version is null, NetCdfLibrary.HowToInstall);
        _lines = [.. lines.Distinct()];
        File.WriteAllText(System.IO.Path.Combine(_root, "lines"), JsonSerializer.Serialize(_lines));
        var said = Python.Run(Script, ["netCDF4", "xarray", "numpy", "cftime"], _root);
        _read = [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize<JsonElement>(
            l.Replace("NaN", "\"nan\"", StringComparison.Ordinal).Replace("-Infinity", "\"-inf\"", StringComparison.Ordinal)
                .Replace("Infinity", "\"inf\"", StringComparison.Ordinal)))];
    }

    internal string Path(string line) => System.IO.Path.Combine(_root, $"{_lines.IndexOf(line)}.nc");

    /// <summary>What a reader (netCDF4, xarray; times: xarray's of the coordinate time) says of a file: its values or an error.</summary>
    internal IReadOnlyList<string> Said(string line, string reader)
    {
        var read = _read[_lines.IndexOf(line)].GetProperty(reader);
        return read.ValueKind == JsonValueKind.String ? [read.GetString()!] : [.. read.EnumerateArray().Select(v => v.ToString())];
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
