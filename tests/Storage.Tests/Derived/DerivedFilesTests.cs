using System.Runtime.InteropServices;
using Cairn.Storage.Tests.Fields.Zarr;
using Cairn.Storage.Derived;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.NetCdf;
using Cairn.Storage.Tests.Fields;

namespace Cairn.Storage.Tests.Derived;

/// <summary>Files derived from committed fields, as the clients that people use see them.</summary>
public sealed class DerivedFilesTests : IDisposable
{
    private static readonly string[] Modules = ["numpy", "xarray", "zarr", "netCDF4"];
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-derived-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableTheory]
    [InlineData(1, FieldPrecision.Single)]
    [InlineData(0, FieldPrecision.Double)]
    public void Xarray_sees_the_fields_of_the_store_at_the_times_that_they_are_valid_at(int level, FieldPrecision precision)
    {
        var layout = ZarrFieldStoreTests.Layout() with { CompressionLevel = level, Precision = precision };
        Write(Filled("fields.zarr", layout), "fields.nc");

        Assert.Equal("agreed\n", Python.Run(
            """
            import sys, numpy as np, xarray as xr, netCDF4
            z, n = xr.open_zarr(sys.argv[1]), xr.open_dataset(sys.argv[2])
            assert list(n.data_vars)[0] == 'u' and set(n.data_vars) == {'u', 'vorticity', 'crs'}, n.data_vars
            assert n.u.dims == ('time', 'realization', 'latitude', 'longitude'), n.u.dims
            for name in ('u', 'vorticity'):
                assert n[name].dtype == z[name].dtype, name
                assert np.array_equal(n[name].values, z[name].values[:, 0].transpose(1, 0, 2, 3)), name
                assert {**z[name].attrs, 'grid_mapping': 'crs'}.items() <= {**n[name].attrs, **n[name].encoding}.items(), n[name].attrs
            assert np.array_equal(n.time, z.time.values[0] + z.lead_time.values) and np.array_equal(n.forecast_period, z.lead_time)
            assert n.forecast_reference_time.values == z.time.values[0] and list(n.realization) == [0, 1, 2]
            for name in ('latitude', 'longitude'):
                xr.testing.assert_identical(n[name].reset_coords(drop=True), z[name].reset_coords(drop=True))
            raw = netCDF4.Dataset(sys.argv[2])
            assert raw.data_model == 'NETCDF4_CLASSIC' and raw.Conventions == 'CF-1.10' and raw.dimensions['time'].isunlimited()
            u = raw['u']
            assert np.isnan(u._FillValue) and u.filters()['zlib'] and u.filters()['shuffle'], u.filters()
            assert u.chunking() == [1, 1, 3, 4], u.chunking()
            assert raw['time'].units == 'hours since 1990-01-16 14:00:00' and raw['time'].calendar == 'standard', raw['time']
            assert raw['crs'].grid_mapping_name == 'latitude_longitude'
            print('agreed')
            """,
            Modules, In("fields.zarr"), In("fields.nc")));
    }

    [SkippableFact]
    public void Sums_since_the_initial_condition_say_so_with_bounds_of_time()
    {
        var layout = ZarrFieldStoreTests.Layout() with
        {
            Variables =
            [
                new FieldVariable("rain", "kg m-2") { OverTime = TimeMethod.Sum },
                new FieldVariable("swe", "kg m-2") { OverTime = TimeMethod.Point },
                new FieldVariable("unknown", "1"),
            ],
        };
        var store = Filled("fields.zarr", layout);
        Write(ZarrFieldStore.OpenExisting(new PosixFiles(), In("fields.zarr")), "fields.nc");
        StatisticsFile.Write(new PosixFiles(), store, In("statistics.nc"), [0.5]);

        Assert.Equal("agreed\n", Python.Run(
            """
            import sys, numpy as np, xarray as xr, netCDF4
            z = xr.open_zarr(sys.argv[1])
            assert z.rain.attrs['cell_methods'] == 'lead_time: sum' and z.swe.attrs['cell_methods'] == 'lead_time: point', z.rain.attrs
            f, s = netCDF4.Dataset(sys.argv[2]), netCDF4.Dataset(sys.argv[3])
            for d in (f, s):
                assert d['time'].bounds == 'time_bnds' and d['time_bnds'].dimensions == ('time', 'bnds'), d
                assert d['time_bnds'][:].tolist() == [[0, t] for t in d['time'][:]], d['time_bnds'][:]
                assert all('units' in d[name].ncattrs() for name in d.variables if name not in ('crs', 'time_bnds'))
                for v in d.variables.values():
                    said = getattr(v, 'cell_methods', '').split()
                    assert set(said[::2]) <= {'time:', 'realization:'}, 'what CF knows, or what the file has'
            assert f['rain'].cell_methods == 'time: sum' and f['swe'].cell_methods == 'time: point'
            assert 'cell_methods' not in f['unknown'].ncattrs()
            assert s['rain_mean'].cell_methods == 'time: sum realization: mean'
            assert s['swe_std'].cell_methods == 'time: point realization: standard_deviation'
            assert s['unknown_mean'].cell_methods == 'realization: mean' and s['rain_quantile'].cell_methods == 'time: sum'
            print('agreed')
            """,
            Modules, In("fields.zarr"), In("fields.nc"), In("statistics.nc")));
    }

    [SkippableFact]
    public void A_file_a_member_or_a_day_holds_that_member_or_day()
    {
        var store = Filled("fields.zarr", ZarrFieldStoreTests.Layout());
        Write(store, "whole.nc");
        Assert.Equal(["m-0000.nc", "m-0001.nc", "m-0002.nc"], Write(store, "m-{member}.nc"));
        Assert.Equal(["1990-01-16.nc", "1990-01-17.nc"], Write(store, "{day}.nc"));
        Assert.Equal(6, Write(store, "{day}_{member}.nc").Count);
        File.WriteAllText(In("m-of-mine.nc"), "");
        Assert.Equal([In("m-0000.nc"), In("m-0001.nc"), In("m-0002.nc")], FieldsPart.Existing(new PosixFiles(), In("m-{member}.nc")));

        Assert.Equal("agreed\n", Python.Run(
            """
            import os, sys, numpy as np, xarray as xr
            os.chdir(sys.argv[1])
            whole = xr.open_dataset('whole.nc')
            for m in range(3):
                one = xr.open_dataset(f'm-000{m}.nc')
                assert one.u.dims == ('time', 'latitude', 'longitude') and int(one.u.realization) == m, one
                xr.testing.assert_identical(one.drop_vars('realization'), whole.sel(realization=m, drop=True))
            days = [xr.open_dataset(f'1990-01-{d}.nc') for d in (16, 17)]
            assert [len(d.time) for d in days] == [2, 3], 'five fields from 14 UTC on, six hours apart'
            xr.testing.assert_identical(xr.concat(days, 'time', data_vars='minimal'), whole)
            both = xr.open_dataset('1990-01-17_0002.nc')
            assert np.array_equal(both.vorticity, whole.vorticity.sel(realization=2)[2:]), both
            print('agreed')
            """,
            Modules, _root));
    }

    [SkippableFact]
    public void Statistics_are_those_of_numpy()
    {
        var layout = ZarrFieldStoreTests.Layout() with { Members = 7 };
        StatisticsFile.Write(new PosixFiles(), Filled("fields.zarr", layout), In("statistics.nc"), [0, 0.1, 0.5, 0.9, 1]);

        Assert.Equal("agreed\n", Python.Run(
            """
            import sys, numpy as np, xarray as xr
            z, s = xr.open_zarr(sys.argv[1]), xr.open_dataset(sys.argv[2])
            assert list(s['quantile'].values) == [0, 0.1, 0.5, 0.9, 1] and s.attrs['ensemble_size'] == 7
            for c in ('latitude', 'longitude'):
                xr.testing.assert_equal(z[c].reset_coords(drop=True), s[c].reset_coords(drop=True))
            assert np.array_equal(s.time, z.time.values[0] + z.lead_time.values)
            for name in ('u', 'vorticity'):
                x = z[name].values[:, 0].astype('f8')
                quantiles = np.quantile(x, s['quantile'].values, axis=0).swapaxes(0, 1)
                want = {'mean': x.mean(axis=0), 'std': x.std(axis=0), 'quantile': quantiles}
                for statistic, values in want.items():
                    got = s[f'{name}_{statistic}']
                    assert got.dtype == 'f4' and got.attrs.get('units') == z[name].attrs.get('units'), got
                    assert np.isfinite(values).all() and np.array_equal(got.values, values.astype('f4')), (name, statistic)
            assert s['u_mean'].dims == ('time', 'latitude', 'longitude')
            assert s['u_quantile'].dims[1] == 'quantile' and s['u_std'].attrs['cell_methods'] == 'realization: standard_deviation'
            print('agreed')
            """,
            Modules, In("fields.zarr"), In("statistics.nc")));
    }

    [SkippableFact]
    public void What_is_derived_of_a_store_that_falls_back_at_the_seam_goes_one_way()
    {
        Skip.If(NetCdfLibrary.Version is null, NetCdfLibrary.HowToInstall);
        _ = Filled("fields.zarr", ZarrFieldStoreTests.Layout() with { Longitude = [-90, 0, 90, 180] });
        AtomicFile.Replace(
            new PosixFiles(), In("fields.zarr/longitude/0"), MemoryMarshal.AsBytes<double>([270, 0, 90, 180]).ToArray());

        Write(ZarrFieldStore.OpenExisting(new PosixFiles(), In("fields.zarr")), "fields.nc");
        using var file = NetCdfFile.Open(In("fields.nc"));
        Assert.Equal([-90, 0, 90, 180], file.ReadDoubles(file.Variable("longitude")));
    }

    [Fact]
    public void The_same_fields_give_the_same_bytes_and_replace_what_was_there_whole()
    {
        var files = new PosixFiles();
        var store = Filled("fields.zarr", ZarrFieldStoreTests.Layout());
        File.WriteAllText(In("a.nc"), "older");
        foreach (var name in new[] { "a.nc", "below/b.nc" })
        {
            Write(store, name);
            StatisticsFile.Write(files, ZarrFieldStore.OpenExisting(files, In("fields.zarr")), In(name + ".statistics"), [0.5]);
        }

        Assert.Equal(File.ReadAllBytes(In("a.nc")), File.ReadAllBytes(In("below/b.nc")));
        Assert.Equal(File.ReadAllBytes(In("a.nc.statistics")), File.ReadAllBytes(In("below/b.nc.statistics")));
        Assert.Equal(["a.nc", "a.nc.statistics"], Directory.GetFiles(_root).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public void Only_lead_times_that_every_member_has_committed_are_derived()
    {
        var store = Filled("fields.zarr", ZarrFieldStoreTests.Layout());
        store.SetCommitted([1], store.Layout.LeadTimes[2]);
        Write(store, "fields.nc");
        using var file = NetCdfFile.Open(In("fields.nc"));

        Assert.Equal(3, file.Variable("u").Dimensions.Single(d => d.Name == "time").Length);
        Assert.Equal(store.ReadChunk(2, 2, "vorticity")![..12],
            file.ReadDoubles(file.Variable("vorticity"), [2, 2, 0, 0], [1, 1, 3, 4]));
        var beyond = FieldsPart.Of(store.Layout, In("beyond.nc"))[0];
        var refused = Assert.Throws<SpecException>(() => FieldsFile.Write(new PosixFiles(), store, beyond));
        Assert.Contains("have committed only 3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_derived_from_nothing_and_nothing_is_left_behind()
    {
        var files = new PosixFiles();
        var layout = ZarrFieldStoreTests.Layout();
        var empty = ZarrFieldStore.Open(files, In("empty.zarr"), layout);
        var missing = ZarrFieldStore.Open(files, In("missing.zarr"), layout);
        missing.SetCommitted([0, 1, 2], layout.LeadTimes[^1]);

        Assert.Contains("kind = none", Refused<SpecException>(new NullFieldStore(layout)), StringComparison.Ordinal);
        Assert.Contains("no committed lead time", Refused<SpecException>(empty), StringComparison.Ordinal);
        Assert.Contains("has no u of member 0", Refused<DataException>(missing), StringComparison.Ordinal);
        Assert.Throws<SpecException>(() => StatisticsFile.Write(files, missing, In("s.nc"), [0.5, 0.1]));
        Assert.Empty(Directory.GetFiles(_root));
    }

    [Fact]
    public void What_a_killed_process_left_is_swept_by_the_files_own_name()
    {
        File.WriteAllText(In(".tmp_a.nc_dead"), "");
        File.WriteAllText(In(".tmp_b.nc_live"), "");
        DerivedFile.Sweep(new PosixFiles(), In("a.nc"));

        Assert.Equal([".tmp_b.nc_live"], Directory.GetFiles(_root).Select(f => Path.GetFileName(f)!));
    }

    [Theory]
    [InlineData(new[] { 1.0, 2, 4, 8 }, 0.5, 3)]
    [InlineData(new[] { 8.0, 1, 4, 2 }, 1.0 / 3, 2)]
    [InlineData(new[] { 5.0 }, 0.9, 5)]
    [InlineData(new[] { 1.0, double.NaN, 3 }, 0.5, double.NaN)]
    public void A_quantile_lies_between_the_ordered_members(double[] members, double probability, double expected) =>
        Assert.Equal(expected, new MemberStatistics([.. members.Select(m => new[] { m })]).Quantiles([probability])[0][0], 12);

    private string In(string name) => Path.Combine(_root, name);

    private string Refused<T>(IFieldStore store) where T : Exception =>
        Assert.Throws<T>(() => Write(store, "fields.nc")).Message;

    private List<string> Write(IFieldStore store, string name)
    {
        var parts = FieldsPart.Of(FieldsFile.Committed(store), In(name));
        foreach (var part in parts)
            FieldsFile.Write(new PosixFiles(), store, part);

        return [.. parts.Select(part => Path.GetFileName(part.Path))];
    }

    /// <summary>A store in which every chunk is written and every member is committed.</summary>
    private ZarrFieldStore Filled(string name, FieldLayout layout)
    {
        var store = ZarrFieldStore.Open(new PosixFiles(), In(name), layout);
        var random = new Random(20261122);
        for (var member = 0; member < layout.Members; member++)
        {
            for (var first = 0; first < layout.LeadTimes.Count; first += layout.LeadTimesPerChunk)
            {
                foreach (var variable in layout.Variables)
                {
                    var count = Math.Min(layout.LeadTimesPerChunk, layout.LeadTimes.Count - first) * layout.PlaneLength;
                    var values = Enumerable.Range(0, count).Select(_ => random.NextDouble() * 50).ToArray();
                    store.WriteChunk(member, first, variable.Name, values);
                }
            }
        }

        store.SetCommitted([.. Enumerable.Range(0, layout.Members)], layout.LeadTimes[^1]);
        return store;
    }
}
