using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.Fields.Zarr;

/// <summary>The clients that people use open the store during a run and after it.</summary>
public sealed class ZarrAgainstXarrayTests : IDisposable
{
    private const string Check = """
        import sys, json, numpy as np, xarray as xr, zarr
        path, want = sys.argv[1], json.loads(sys.argv[2])
        for consolidated in (True, False):
            ds = xr.open_zarr(path, consolidated=consolidated)
            u = ds['u']
            assert u.dims == ('ensemble', 'time', 'lead_time', 'latitude', 'longitude'), u.dims
            assert u.dtype == np.dtype(want['dtype']), u.dtype
            assert u.attrs == {'units': 'm s-1', 'long_name': 'zonal wind', 'standard_name': 'eastward_wind'}, u.attrs
            assert ds.lead_time.dtype == np.dtype('m8[ns]'), ds.lead_time.dtype
            assert list(ds.lead_time.values / np.timedelta64(1, 's')) == want['lead'], ds.lead_time
            assert str(ds.time.values[0])[:19] == want['time'], ds.time
            assert list(ds.ensemble.values) == list(range(want['members']))
            assert list(ds.latitude.values) == [-30, 0, 30] and list(ds.longitude.values) == [0, 90, 180, 270]
            assert list(ds.data_vars) == ['u', 'vorticity'], 'a field comes first, and nothing else is one'
            committed = ds.coords['committed_lead_time'].values
            assert committed.dtype.kind == 'm', committed.dtype
            assert [None if np.isnat(c) else c / np.timedelta64(1, 's') for c in committed] == want['committed'], committed
            assert json.loads(ds.attrs['committed_lead_time']) == want['attribute'], ds.attrs
            values = u.values[:, 0].reshape(want['members'], len(want['lead']), 12)
            for m in range(want['members']):
                for i in range(len(want['lead'])):
                    if [m, i] in want['written']:
                        assert np.array_equal(values[m, i], (m * 1000 + i * 12 + np.arange(12) + 0.25).astype(want['dtype'])), (m, i)
                    else: assert np.isnan(values[m, i]).all(), (m, i)
            ds.to_netcdf(path + '.nc')
            xr.testing.assert_identical(xr.open_dataset(path + '.nc').load(), ds.load())
        z = zarr.open(path, mode='r')
        assert z['u'].shape == (want['members'], 1, len(want['lead']), 3, 4) and np.isnan(z['u'].fill_value)
        print('agreed')
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("cairn-zarr-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableTheory]
    [InlineData(1, FieldPrecision.Single)]
    [InlineData(0, FieldPrecision.Double)]
    public void Xarray_and_zarr_read_what_was_written_during_a_run_after_it_and_after_growth(int level, FieldPrecision precision)
    {
        var layout = ZarrFieldStoreTests.Layout() with { CompressionLevel = level, Precision = precision };
        var dtype = precision == FieldPrecision.Single ? "float32" : "float64";
        var path = Path.Combine(_root, "fields.zarr");
        var store = ZarrFieldStore.Open(new PosixFiles(), path, layout);
        Agree(path, dtype, 3, 5, [], "[null, null, null]", "{}");

        Write(store, 1, 0, 2);
        Write(store, 0, 4, 1);
        store.Sync();
        store.SetCommitted([1], TimeSpan.FromHours(6));
        File.WriteAllText(Path.Combine(path, "u", ".tmp_2.0.0.0.0_dead"), "left by a killed writer");
        Agree(path, dtype, 3, 5, [(1, 0), (1, 1), (0, 4)], "[null, 21600.0, null]", """{"1": "PT6H"}""");

        store = ZarrFieldStore.Open(new PosixFiles(), path,
            ZarrFieldStoreTests.Layout(members: 4, leadTimes: 6) with { CompressionLevel = level, Precision = precision });
        Write(store, 3, 4, 2);
        store.Sync();
        store.SetCommitted([3], TimeSpan.FromHours(30));
        (int, int)[] written = [(1, 0), (1, 1), (0, 4), (3, 4), (3, 5)];
        Agree(path, dtype, 4, 6, written, "[null, 21600.0, null, 108000.0]", """{"1": "PT6H", "3": "P1DT6H"}""");
    }

    [SkippableTheory]
    [InlineData("1990-01-16T14:00:00", 30, "minutes")]
    [InlineData("1850-03-01T00:00:30", 1, "seconds")]
    public void Times_that_are_no_whole_hours_are_decoded_too(string time, int seconds, string unit)
    {
        const string Script = """
            import sys, numpy as np, xarray as xr
            ds = xr.open_zarr(sys.argv[1])
            raw = xr.open_zarr(sys.argv[1], decode_times=False, decode_cf=False)
            print(str(ds.time.values[0])[:19], int(ds.lead_time.values[1] / np.timedelta64(1, 's')), raw.lead_time.attrs['units'])
            """;
        var path = Path.Combine(_root, "odd.zarr");
        var step = unit == "minutes" ? TimeSpan.FromMinutes(seconds) : TimeSpan.FromSeconds(seconds);
        ZarrFieldStore.Open(new PosixFiles(), path, ZarrFieldStoreTests.Layout() with
        {
            Time = CfTime.Parse(time, CfCalendar.ProlepticGregorian, out _),
            LeadTimes = [TimeSpan.Zero, step],
        });
        Assert.Equal($"{time} {(int)step.TotalSeconds} {unit}", Python.Run(Script, ["xarray", "zarr"], path).Trim());
    }

    private static void Write(ZarrFieldStore store, int member, int first, int count) =>
        store.WriteChunk(member, first, "u",
            (float[])[.. Enumerable.Range(0, count * 12).Select(i => (member * 1000) + (first * 12) + i + 0.25f)]);

    private static void Agree(string path, string dtype, int members, int leadTimes, (int Member, int Index)[] written,
        string committed, string attribute)
    {
        var lead = string.Join(", ", Enumerable.Range(0, leadTimes).Select(i => $"{i * 21600}.0"));
        var pairs = string.Join(", ", written.Select(w => $"[{w.Member}, {w.Index}]"));
        var want = $$"""
            {"dtype": "{{dtype}}", "members": {{members}}, "lead": [{{lead}}], "time": "1990-01-16T14:00:00",
             "written": [{{pairs}}], "committed": {{committed}}, "attribute": {{attribute}}}
            """;
        Assert.Equal("agreed", Python.Run(Check, ["numpy", "xarray", "zarr"], path, want).Trim());
    }
}
