using Cairn.Storage.Derived;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;

namespace Cairn.Storage.Tests.Fields.Zarr;

/// <summary>A store before, during and after a run, as programs of other projects read it.</summary>
public sealed class ZarrReadersTests : IDisposable
{
    /// <summary>What Earth2Studio's <c>InferenceOutputSource</c> asks of a dataset and does with it.</summary>
    private const string AsDataSource = """
        import sys, numpy as np, xarray as xr
        source = xr.open_dataset(sys.argv[1], engine='zarr').to_array('variable').sel(ensemble=1)
        assert {'time', 'lead_time', 'variable'} <= set(source.dims), source.dims
        assert list(source['variable'].values) == ['u', 'vorticity'] and source.dtype == np.dtype('f4'), source
        valid = source['time'].values[0] + source['lead_time'].values
        source = source.isel(time=0).drop_vars('time').rename(lead_time='time').assign_coords(time=valid)
        field = source.sel(time=[np.datetime64('1990-01-16T20:00')], variable=['u'])
        assert field.dims == ('variable', 'time', 'latitude', 'longitude'), field.dims
        print(field.values.ravel()[:2])
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("cairn-readers-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Store => Path.Combine(_root, "fields.zarr");

    [SkippableFact]
    public void Netcdf_c_opens_the_store_at_every_time()
    {
        var store = Open();
        foreach (var write in new Action[] { () => { }, () => Write(store, 1), () => Write(Open(members: 4, leadTimes: 7), 3) })
        {
            write();
            // Without "file", version 4.9.0 of netcdf-c looks for the kind of store for ever.
            var (shown, _) = Reader.Run("ncdump", "netcdf-bin", "-h", $"file://{Store}#mode=nczarr,zarr,file");
            Assert.Contains("float u(ensemble, time, lead_time, latitude, longitude)", shown, StringComparison.Ordinal);
            Assert.Contains("u:coordinates = \"committed_lead_time\"", shown, StringComparison.Ordinal);
            Assert.Contains("ensemble:standard_name = \"realization\"", shown, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void Netcdf_c_reads_the_values_of_an_uncompressed_store()
    {
        // Debian's netcdf-c comes without the filters of NCZarr, and takes compressed bytes for values without a word.
        Write(ZarrFieldStore.Open(new PosixFiles(), Store, ZarrFieldStoreTests.Layout() with { CompressionLevel = 0 }), 1);
        var (shown, _) = Reader.Run(
            "ncdump", "netcdf-bin", "-v", "ensemble,lead_time,latitude,committed_lead_time,u", $"file://{Store}#mode=nczarr,zarr,file");
        foreach (var line in new[]
        {
            "ensemble = 0, 1, 2 ;", "lead_time = 0, 6, 12, 18, 24 ;", "latitude = -30, 0, 30 ;", ", 21600, ", "1012.25, 1013.25",
        })
        {
            Assert.Contains(line, shown, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void Earth2Studio_takes_the_store_for_a_data_source_during_and_after_a_run()
    {
        var store = Open();
        Write(store, 1);
        Assert.Equal("[1012.25 1013.25]", Python.Run(AsDataSource, ["numpy", "xarray", "zarr"], Store).Trim());
        store.SetCommitted([0, 1, 2], store.Layout.LeadTimes[^1]);
        Assert.Equal("[1012.25 1013.25]", Python.Run(AsDataSource, ["numpy", "xarray", "zarr"], Store).Trim());
    }

    [SkippableFact]
    public void Axes_with_short_names_are_those_that_Earth2Studio_writes_in_the_store_and_in_NetCDF()
    {
        var layout = ZarrFieldStoreTests.Layout(leadTimes: 2) with { GridNames = GridNames.Short, Variables = [new FieldVariable("u")] };
        var store = ZarrFieldStore.Open(new PosixFiles(), Store, layout);
        foreach (var member in new[] { 0, 1, 2 })
            Write(store, member);

        Assert.Throws<SpecException>(() => ZarrFieldStore.Open(new PosixFiles(), Store, layout with { GridNames = GridNames.Cf }));
        Assert.Equal(layout.Latitude, ZarrFields.Open(new PosixFiles(), Store).Rows.Values);
        var found = ZarrFieldStore.OpenExisting(new PosixFiles(), Store);
        Assert.Equal((GridNames.Short, 1012.25), (found.Layout.GridNames, found.ReadChunk(1, 0, "u")![12]));
        var file = Path.Combine(_root, "f.nc");
        FieldsFile.Write(new PosixFiles(), found, FieldsPart.Of(found.Layout, file)[0]);
        const string script = """
            import sys, numpy as np, xarray as xr
            z, n = xr.open_zarr(sys.argv[1]), xr.open_dataset(sys.argv[2])
            for d in (z, n):
                assert d.u.dims[-2:] == ('lat', 'lon') and list(d.lat) == [-30, 0, 30] and list(d.lon) == [0, 90, 180, 270], d
                assert d.lat.attrs['standard_name'] == 'latitude' and d.lon.attrs['units'] == 'degrees_east', d.lat
            print(float(z.u.sel(ensemble=1, lat=0, lon=0)[0, 1]), float(n.u.sel(realization=1, lat=0, lon=0)[1]))
            """;
        Assert.Equal("1016.25 1016.25", Python.Run(script, ["numpy", "xarray", "zarr", "netCDF4"], Store, file).Trim());
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lead_times_of_sums_have_bounds_unless_an_older_version_began_the_store_and_grow_with_it(bool isOlder)
    {
        ZarrFieldStore OpenSums(int leadTimes) => ZarrFieldStore.Open(new PosixFiles(), Store, ZarrFieldStoreTests.Layout(3, leadTimes) with
        {
            Variables = [new FieldVariable("u", "kg m-2") { OverTime = TimeMethod.Sum }, new FieldVariable("vorticity")],
        });
        Write(OpenSums(5), 1);
        if (isOlder)
        {
            Directory.Delete(Path.Combine(Store, "lead_time_bnds"), recursive: true);
            OlderStore.Age(Store);
        }

        Write(OpenSums(7), 1);
        Assert.Equal(7, ZarrFieldStore.OpenExisting(new PosixFiles(), Store).Layout.LeadTimes.Count);
        Assert.Equal(["u", "vorticity"], ZarrFields.Open(new PosixFiles(), Store).Variables.Select(v => v.Field.Name));
        const string script = """
            import sys, numpy as np, xarray as xr
            with xr.open_zarr(sys.argv[1]) as ds:
                assert list(ds.data_vars) == ['u', 'vorticity'] and ds.u.attrs['cell_methods'] == 'lead_time: sum', ds
                ds.to_netcdf(sys.argv[2])
                bounds = ds.get(ds.lead_time.encoding.get('bounds', ds.lead_time.attrs.get('bounds')))
                hours = 'none' if bounds is None else (bounds.values / np.timedelta64(1, 'h')).astype(int).tolist()
                with xr.open_dataset(sys.argv[2]) as written:
                    # xarray leaves the units of bounds out, as CF says, and takes them for numbers when it reads them again.
                    assert bounds is None or written.lead_time_bnds.values.tolist() == hours, written.lead_time_bnds
                    but = dict(names='lead_time_bnds', errors='ignore')
                    xr.testing.assert_identical(written.drop_vars(**but).load(), ds.drop_vars(**but).load())
                print(hours)
            """;
        var seen = Python.Run(script, ["numpy", "xarray", "zarr", "netCDF4"], Store, Path.Combine(_root, "f.nc")).Trim();
        Assert.Equal(isOlder ? "none" : "[[0, 0], [0, 6], [0, 12], [0, 18], [0, 24], [0, 30], [0, 36]]", seen);
    }

    [SkippableFact]
    public void A_store_of_an_older_version_is_read_goes_on_grows_and_is_described_anew()
    {
        Write(Open(), 1);
        OlderStore.Age(Store);
        Assert.Equal(TimeSpan.FromHours(6), ZarrFields.Open(new PosixFiles(), Store).Committed(1));
        Assert.Equal(5, ZarrFieldStore.OpenExisting(new PosixFiles(), Store).Layout.LeadTimes.Count);

        foreach (var (members, leadTimes) in new[] { (3, 5), (4, 7) })
        {
            var store = Open(members, leadTimes);
            Write(store, members - 1);
            Assert.Equal(1012.25, store.ReadChunk(1, 0, "u")![12]);
            Assert.Equal(leadTimes, ZarrFields.Open(new PosixFiles(), Store).LeadTimes.Count);
            Assert.Equal("[1012.25 1013.25]", Python.Run(AsDataSource, ["numpy", "xarray", "zarr"], Store).Trim());
        }

        Assert.Equal(1024 * sizeof(long), new FileInfo(Path.Combine(Store, "lead_time", "0")).Length);
    }

    private ZarrFieldStore Open(int members = 3, int leadTimes = 5) =>
        ZarrFieldStore.Open(new PosixFiles(), Store, ZarrFieldStoreTests.Layout(members, leadTimes));

    private static void Write(ZarrFieldStore store, int member)
    {
        store.WriteChunk(member, 0, "u", (float[])[.. Enumerable.Range(0, 24).Select(i => (member * 1000) + i + 0.25f)]);
        store.Sync();
        store.SetCommitted([member], TimeSpan.FromHours(6));
    }
}
