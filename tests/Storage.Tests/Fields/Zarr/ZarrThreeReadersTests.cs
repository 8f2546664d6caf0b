using System.Diagnostics;
using System.Runtime.InteropServices;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;

namespace Cairn.Storage.Tests.Fields.Zarr;

/// <summary>Readers that others wrote open stores of version 3: zarr-python and xarray, and zarrita, which is JavaScript.</summary>
public sealed class ZarrThreeReadersTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-zarr3-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Store => Path.Combine(_root, "fields.zarr");
    private string Raw => Path.Combine(_root, "raw");

    public static TheoryData<FieldPrecision, FieldCodec, int> Kinds => new()
    {
        { FieldPrecision.Single, FieldCodec.Zlib, 4 }, { FieldPrecision.Single, FieldCodec.Zstd, 3 },
        { FieldPrecision.Double, FieldCodec.Zstd, 9 }, { FieldPrecision.Double, FieldCodec.Zstd, 0 },
    };

    /// <summary>During the run: a shard is there, another one in part, and one not at all.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void Zarr_python_and_xarray_read_every_value(FieldPrecision precision, FieldCodec codec, int level)
    {
        var seed = Write(precision, codec, level);
        Assert.Equal($"agreed {seed}", ZarrPython("""
            import json, os, sys, numpy as np, xarray as xr, zarr
            store, raw, dtype, seed = sys.argv[1:]
            want = np.full((3, 1, 9, 3, 4), np.nan, dtype)
            want[1, 0] = np.fromfile(raw, 'f8').astype(dtype).reshape(9, 3, 4)
            for consolidated in (True, False):
                group = zarr.open_group(store, mode='r', use_consolidated=consolidated)
                u = group['u']
                assert (u.shards, u.chunks) == ((1, 1, 6, 3, 4), (1, 1, 2, 3, 4)), u.info
                assert np.array_equal(u[:], want, equal_nan=True), 'seed ' + seed
                assert np.array_equal(u[1, 0, 3:7, 1:], want[1, 0, 3:7, 1:], equal_nan=True)
                with xr.open_zarr(store, consolidated=consolidated, decode_timedelta=True) as ds:
                    assert sorted(ds.data_vars) == ['u', 'vorticity'], ds
                    assert ds.u.dims == ('ensemble', 'time', 'lead_time', 'latitude', 'longitude'), ds.u.dims
                    assert ds.u.attrs == {'units': 'm s-1', 'long_name': 'zonal wind', 'standard_name': 'eastward_wind'}, ds.u.attrs
                    assert np.array_equal(ds.u.values, want, equal_nan=True) and ds.u.dtype == dtype
                    assert list(ds.lead_time.values / np.timedelta64(1, 'h')) == [6 * i for i in range(9)]
                    assert str(ds.time.values[0])[:16] == '1990-01-16T14:00', ds.time
                    assert list(ds.latitude.values) == [-30, 0, 30] and list(ds.ensemble.values) == [0, 1, 2]
                    committed = ds.coords['committed_lead_time'].values
                    assert [None if np.isnat(c) else int(c / np.timedelta64(1, 'h')) for c in committed] == [None, 48, None], committed
                    assert json.loads(ds.attrs['committed_lead_time']) == {'1': 'P2D'} and ds.attrs['Conventions'] == 'CF-1.10'
                    netcdf = os.path.join(os.path.dirname(store), 'fields.nc')
                    ds.to_netcdf(netcdf)
                    with xr.open_dataset(netcdf, decode_timedelta=True) as written:
                        xr.testing.assert_identical(written.load(), ds.load())
            # What Cairn wrote is what zarr-python would write of it.
            def written(node):
                return json.loads(node.metadata.to_buffer_dict(zarr.core.buffer.default_buffer_prototype())['zarr.json'].to_bytes())
            for name, node in [('', zarr.open_group(store, mode='r', use_consolidated=True)), *group.arrays()]:
                ours = json.load(open(os.path.join(store, name, 'zarr.json')))
                assert written(node) == ours, (written(node), ours)
            print('agreed', seed)
            """, Store, Raw, precision == FieldPrecision.Single ? "f4" : "f8", $"{seed}").Trim());
    }

    [SkippableFact]
    public void Shards_that_zarr_python_writes_are_read()
    {
        const int seed = 20261129;
        var layout = ZarrShardTests.Layout() with { Codec = FieldCodec.Zlib };
        var store = ZarrFieldStore.Open(new PosixFiles(), Store, layout);
        _ = ZarrPython("""
            import sys, numpy as np, zarr
            store, raw, seed = sys.argv[1:]
            values = np.random.default_rng(int(seed)).normal(size=(9, 3, 4)).astype('f4')
            zarr.open_group(store, mode='r+', use_consolidated=False)['u'][2, 0] = values
            values.tofile(raw)
            """, Store, Raw, $"{seed}");

        var want = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Raw)).ToArray();
        Assert.Equal(want, ZarrFields.Open(new PosixFiles(), Store).Read("u", 2, 0, 9).Select(v => (float)v));
        Assert.Equal(want[72..96], store.ReadChunk(2, 6, "u")!.Select(v => (float)v));
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void Zarrita_reads_every_value(FieldPrecision precision, FieldCodec codec, int level)
    {
        var seed = Write(precision, codec, level);
        Assert.Equal($"agreed {seed}", Zarrita("""
            import * as zarr from 'zarrita';
            import fs from 'node:fs';
            import path from 'node:path';
            const [store, raw, dtype, seed] = process.argv.slice(2);
            const bytesOf = (key) => {
              const file = path.join(store, key);
              return fs.existsSync(file) ? new Uint8Array(fs.readFileSync(file)) : undefined;
            };
            const files = {
              async get(key) { return bytesOf(key); },
              async getRange(key, range) {
                const bytes = bytesOf(key);
                return 'suffixLength' in range
                  ? bytes?.slice(-range.suffixLength) : bytes?.slice(range.offset, range.offset + range.length);
              },
            };
            const group = await zarr.open(await zarr.withConsolidatedMetadata(files), { kind: 'group' });
            const u = await zarr.open(group.resolve('u'), { kind: 'array' });
            const { data, shape } = await zarr.get(u);
            const bytes = fs.readFileSync(raw);
            const plain = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
            const want = dtype === 'f4' ? Float32Array.from(plain) : plain;
            if (`${shape}` !== '3,1,9,3,4' || data.constructor !== want.constructor) throw new Error(`${shape} ${data.constructor.name}`);
            const member = want.length;
            for (let i = 0; i < data.length; i++) {
              const expected = i >= member && i < 2 * member ? want[i - member] : NaN;
              if (!Object.is(data[i], expected)) throw new Error(`seed ${seed}, element ${i}: ${data[i]}, expected ${expected}`);
            }
            const leadTime = await zarr.get(await zarr.open(group.resolve('lead_time'), { kind: 'array' }));
            if (`${leadTime.data}` !== '0,6,12,18,24,30,36,42,48') throw new Error(`${leadTime.data}`);
            console.log('agreed', seed);
            """, Store, Raw, precision == FieldPrecision.Single ? "f4" : "f8", $"{seed}").Trim());
    }

    /// <summary>Nine lead times in shards of three chunks of two, all of member 1's u; returns the seed.</summary>
    private int Write(FieldPrecision precision, FieldCodec codec, int level)
    {
        const int seed = 20261129;
        var random = new Random(seed);
        var layout = ZarrShardTests.Layout() with { Precision = precision, Codec = codec, CompressionLevel = level };
        double[] values =
        [
            .. Enumerable.Range(0, 72).Select(i => Math.Sin(i * 0.01) * 10),
            .. Enumerable.Range(0, 36).Select(_ => random.NextDouble() * Math.Pow(10, random.Next(-30, 30))),
        ];
        var store = ZarrFieldStore.Open(new PosixFiles(), Store, layout);
        store.WriteChunk(1, 0, "u", values.AsSpan(0, 72));
        store.WriteChunk(1, 6, "u", values.AsSpan(72));
        store.Sync();
        store.SetCommitted([1], TimeSpan.FromHours(48));
        File.WriteAllText(Path.Combine(Store, "u", ".tmp_c.2.0.0.0.0_dead"), "left by a killed writer");
        File.WriteAllBytes(Raw, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        return seed;
    }

    /// <summary>Runs a script under a Python with zarr 3: the one that the environment names, or the system's.</summary>
    private static string ZarrPython(string script, params string[] arguments)
    {
        var python = Environment.GetEnvironmentVariable("CAIRN_ZARR3_PYTHON") ?? "/usr/bin/python3";
        Skip.IfNot(File.Exists(python), $"{python} is missing");
        var (missing, _, _) = Start(python, null, ["-c", "import netCDF4, xarray, zarr; assert int(zarr.__version__.split('.')[0]) >= 3"]);
        Skip.If(missing != 0, $"{python} lacks netCDF4, xarray or zarr 3. Name a Python that has them in CAIRN_ZARR3_PYTHON");
        return Checked(Start(python, null, ["-c", script, .. arguments]));
    }

    /// <summary>Runs a script under Node.js with zarrita, which the launcher installs before tests.</summary>
    private static string Zarrita(string script, params string[] arguments)
    {
        var folder = RepositoryRoot.Path(".cairn", "zarrita");
        Skip.IfNot(Directory.Exists(Path.Combine(folder, "node_modules", "zarrita")),
            $"{folder} lacks zarrita: npm ci --prefix {folder}, with the package.json of this test's folder there (./cairn test does it)");
        var file = Path.Combine(folder, $"read-{Guid.NewGuid():N}.mjs");
        File.WriteAllText(file, script);
        try
        {
            return Checked(Start("node", folder, [file, .. arguments]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Checked((int Exit, string Output, string Errors) run)
    {
        Assert.True(run.Exit == 0, run.Errors + run.Output);
        return run.Output;
    }

    private static (int Exit, string Output, string Errors) Start(string program, string? folder, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder ?? "", RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
