using Cairn.Storage.Derived;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
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
    public void Xarray_sees_the_same_in_the_NetCDF_file_as_in_the_store(int level, FieldPrecision precision)
    {
        var layout = ZarrFieldStoreTests.Layout() with { CompressionLevel = level, Precision = precision };
        var store = Filled("fields.zarr", layout);
        FieldsFile.Write(new PosixFiles(), store, In("fields.nc"));

        Assert.Equal("agreed\n", Python.Run(
            """
            import sys, numpy as np, xarray as xr, netCDF4
            z, n = xr.open_zarr(sys.argv[1]), xr.open_dataset(sys.argv[2])
            xr.testing.assert_equal(z.load(), n.load())
            assert set(z.variables) == set(n.variables)
            for name in z.variables:
                assert z[name].dims == n[name].dims and z[name].dtype == n[name].dtype, name
                assert z[name].attrs == n[name].attrs, (name, z[name].attrs, n[name].attrs)
            raw = netCDF4.Dataset(sys.argv[2])
            assert raw.data_model == 'NETCDF4' and raw.Conventions == 'CF-1.8'
            u = raw['u']
            assert np.isnan(u._FillValue) and u.filters()['zlib'] and u.filters()['shuffle'], u.filters()
            assert u.chunking() == [1, 1, 2, 3, 4], u.chunking()
            assert raw['time'].units.endswith('since 1970-01-01') and raw['time'].calendar, raw['time']
            print('agreed')
            """,
            Modules, In("fields.zarr"), In("fields.nc")));
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
            for c in ('time', 'lead_time', 'latitude', 'longitude'):
                xr.testing.assert_equal(z[c].reset_coords(drop=True), s[c].reset_coords(drop=True))
            for name in ('u', 'vorticity'):
                x = z[name].values.astype('f8')
                want = {'mean': x.mean(axis=0), 'std': x.std(axis=0), 'quantile': np.quantile(x, s['quantile'].values, axis=0)}
                for statistic, values in want.items():
                    got = s[f'{name}_{statistic}']
                    assert got.dtype == 'f4' and got.attrs.get('units') == z[name].attrs.get('units'), got
                    assert np.isfinite(values).all() and np.array_equal(got.values, values.astype('f4')), (name, statistic)
            assert s['u_mean'].dims == ('time', 'lead_time', 'latitude', 'longitude')
            assert s['u_quantile'].dims[0] == 'quantile' and s['u_std'].attrs['cell_methods'] == 'ensemble: standard_deviation'
            print('agreed')
            """,
            Modules, In("fields.zarr"), In("statistics.nc")));
    }

    [Fact]
    public void The_same_fields_give_the_same_bytes_and_replace_what_was_there_whole()
    {
        var files = new PosixFiles();
        var store = Filled("fields.zarr", ZarrFieldStoreTests.Layout());
        File.WriteAllText(In("a.nc"), "older");
        foreach (var name in new[] { "a.nc", "below/b.nc" })
        {
            FieldsFile.Write(files, store, In(name));
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
        FieldsFile.Write(new PosixFiles(), store, In("fields.nc"));
        using var file = NetCdfFile.Open(In("fields.nc"));

        Assert.Equal(3, file.Variable("u").Dimensions.Single(d => d.Name == "lead_time").Length);
        Assert.Equal(store.ReadChunk(2, 2, "vorticity")![..12],
            file.ReadDoubles(file.Variable("vorticity"), [2, 0, 2, 0, 0], [1, 1, 1, 3, 4]));
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
        Assert.Throws<T>(() => FieldsFile.Write(new PosixFiles(), store, In("fields.nc"))).Message;

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
