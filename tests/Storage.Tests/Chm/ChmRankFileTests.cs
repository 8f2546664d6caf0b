using System.Runtime.InteropServices;
using Cairn.Storage.Chm;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Chm;

public sealed class ChmRankFileTests : IDisposable
{
    private static readonly string[] Names = ["Harder_precip_phase:acc_snow", "fsm:Dsnw[0]", "fsm:Dsnw[1]"];

    private readonly string _root = Directory.CreateTempSubdirectory("cairn-chm-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableFact]
    public void Ncdump_shows_the_form_of_the_original()
    {
        var shown = Reader.Run("ncdump", "netcdf-bin", "-h", Write()).Output.Replace("\t", "    ", StringComparison.Ordinal);

        Assert.Equal(
            """
            netcdf chkp20200125T140000_0 {
            dimensions:
                tri_id = 3 ;
            variables:
                double Harder_precip_phase\:acc_snow(tri_id) ;
                double fsm\:Dsnw\[0\](tri_id) ;
                double fsm\:Dsnw\[1\](tri_id) ;
                double global_id(tri_id) ;

            // global attributes:
                    :restart_time = "2020-Jan-25 14:00:00" ;
                    :restart_time_sec = 1579960800ULL ;
            }

            """, shown);
    }

    [SkippableFact]
    public void Pythons_netCDF4_reads_what_was_written() => Assert.Equal("agreed\n", Python.Run(
        """
        import sys, numpy as np, netCDF4
        d = netCDF4.Dataset(sys.argv[1])
        assert d.data_model == 'NETCDF4' and len(d.dimensions['tri_id']) == 3 and not d.dimensions['tri_id'].isunlimited()
        assert list(d.variables) == ['Harder_precip_phase:acc_snow', 'fsm:Dsnw[0]', 'fsm:Dsnw[1]', 'global_id']
        assert all(v.dtype == 'f8' and v.dimensions == ('tri_id',) for v in d.variables.values())
        assert list(d['Harder_precip_phase:acc_snow'][:]) == [0.5, -1.25, 1e300]
        assert list(d['fsm:Dsnw[1]'][:]) == [7, 8, 9] and list(d['global_id'][:]) == [17, 4, 999]
        assert d.restart_time == '2020-Jan-25 14:00:00'
        assert d.restart_time_sec == 1579960800 and d.restart_time_sec.dtype == np.dtype('u8')
        print('agreed')
        """,
        ["numpy", "netCDF4"], Write()));

    [SkippableFact]
    public void A_file_that_another_library_wrote_is_loaded()
    {
        var folder = Path.Combine(_root, "20200125T140000");
        Directory.CreateDirectory(folder);
        Python.Run(
            """
            import sys, numpy as np, netCDF4
            for rank, ids in enumerate([[3, 0], [1, 2]]):
                with netCDF4.Dataset(f'{sys.argv[1]}/chkp20200125T140000_{rank}.nc', 'w') as d:
                    d.createDimension('tri_id', len(ids))
                    d.createVariable('snow:swe', 'f8', ('tri_id',))[:] = [10.0 + i for i in ids]
                    d.createVariable('global_id', 'f8', ('tri_id',))[:] = ids
                    d.restart_time = '2020-Jan-25 14:00:00'
                    d.restart_time_sec = np.uint64(1579960800)
            """,
            ["numpy", "netCDF4"], folder);
        var json = Path.Combine(_root, "anything.json");
        File.WriteAllText(json,
            """
            {"ranks": "2", "restart_time_sec": "1579960800", "startdate": "20200125T140000",
             "files": ["20200125T140000\/chkp20200125T140000_0.nc", "20200125T140000\/chkp20200125T140000_1.nc"]}
            """);

        var checkpoint = ChmCheckpoint.Open(json);

        Assert.Equal(4, checkpoint.Verify().Triangles);
        Assert.Equal([10, 11, 12, 13], checkpoint.Load(new ChmTriangles([0, 1, 2, 3]), ["snow:swe"]).Variables[0].Values);
    }

    [Fact]
    public void Every_bit_pattern_comes_back()
    {
        double[] values = [double.NaN, BitConverter.Int64BitsToDouble(0x7ff8_0000_0000_beef), -0.0, double.NegativeInfinity,
            double.Epsilon, 9.9692099683868690e+36];
        var writer = new ChmWriter(new PosixFiles(), _root);
        var place = writer.Reserve(ChmTime.From(DateTime.UnixEpoch));
        var triangles = new ChmTriangles([0, 1, 2, 3, 4, 5]);
        var record = writer.WriteRank(place, 0, new ChmRankState(triangles, [new("a:b", values)]));
        var checkpoint = writer.Commit(new ChmProposal(1, 6, [record]));

        var back = ChmCheckpoint.Open(checkpoint.Path).Load(triangles, ["a:b"]).Variables[0].Values;

        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), back.Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(12345, 5)]
    public void Values_that_pass_by_the_library_give_the_bytes_that_it_would_have_written(int triangles, int variables)
    {
        var time = ChmTime.From(DateTime.UnixEpoch);
        var state = Random(triangles, variables);
        var files = new RecordingFiles();

        using (var library = files.Create("/library"))
        using (var past = files.Create("/past"))
        {
            Assert.Equal(ChmRankImage.WriteByLibrary(library, "name", time, state), ChmRankImage.Write(past, "name", time, state));
        }

        Assert.Equal(files.ReadAll("/library"), files.ReadAll("/past"));
        RequirePassedBy(files, "/past", variables);
    }

    /// <summary>Of many variables the library allots some room among the values: other bytes, which say the same.</summary>
    [SkippableTheory]
    [InlineData(1000, 40)]
    [InlineData(17, 300)]
    public void Values_of_many_variables_that_pass_by_the_library_are_read_by_it(int triangles, int variables)
    {
        var time = ChmTime.From(DateTime.UnixEpoch);
        var state = Random(triangles, variables);
        var files = new RecordingFiles();

        using (var past = files.Create("/past"))
        {
            ChmRankImage.Write(past, "name", time, state);
        }

        RequirePassedBy(files, "/past", variables);
        using (var file = ChmRankFile.Open(files.ReadAll("/past"), "name", time))
        {
            Assert.Equal(state.Variables.Select(v => v.Values), state.Variables.Select(v => file.Read(v.Name)));
        }

        File.WriteAllBytes(Path.Combine(_root, "many.nc"), files.ReadAll("/past"));
        File.WriteAllBytes(
            Path.Combine(_root, "many.f64"), [.. state.Variables.SelectMany(v => MemoryMarshal.AsBytes(v.Values.AsSpan()).ToArray())]);
        Assert.Equal("agreed\n", Python.Run(
            """
            import sys, numpy as np, netCDF4
            d = netCDF4.Dataset(sys.argv[1] + '/many.nc')
            wanted = np.fromfile(sys.argv[1] + '/many.f64').reshape(int(sys.argv[2]), -1)
            assert np.array_equal([d[f'module:v[{i}]'][:] for i in range(len(wanted))], wanted)
            assert list(d['global_id'][:]) == [3 * i for i in range(wanted.shape[1])]
            print('agreed')
            """,
            ["numpy", "netCDF4"], _root, $"{variables}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("global_id")]
    [InlineData("tri_id")]
    [InlineData("snow/swe")]
    [InlineData("snow:swe\n")]
    public void A_name_that_no_file_can_hold_is_refused(string name)
    {
        var writer = new ChmWriter(new PosixFiles(), _root);
        var place = writer.Reserve(ChmTime.From(DateTime.UnixEpoch));

        Assert.Throws<SpecException>(() =>
            writer.WriteRank(place, 0, new ChmRankState(new ChmTriangles([0]), [new(name, [1])])));
        Assert.Throws<SpecException>(() =>
            writer.WriteRank(place, 0, new ChmRankState(new ChmTriangles([0]), [new("a:b", [1, 2])])));
        Assert.Throws<SpecException>(() =>
            writer.WriteRank(place, 0, new ChmRankState(new ChmTriangles([0]), [new("a:b", [1]), new("a:b", [2])])));
    }

    [Fact]
    public void Triangles_are_numbered_once_each()
    {
        Assert.Throws<SpecException>(() => new ChmTriangles([]));
        Assert.Throws<SpecException>(() => new ChmTriangles([1, 2, 1]));
        Assert.Throws<SpecException>(() => new ChmTriangles([-1]));
    }

    private static void RequirePassedBy(RecordingFiles files, string path, int variables)
    {
        var pieces = files.Operations.Count(o => o.Call == "write" && o.Path == path);
        Assert.True(pieces >= variables + 2, $"the values passed through the library after all, in {pieces} pieces");
    }

    private static ChmRankState Random(int triangles, int variables)
    {
        var random = new Random(triangles);
        return new ChmRankState(
            new ChmTriangles([.. Enumerable.Range(0, triangles).Select(i => (long)i * 3)]),
            [.. Enumerable.Range(0, variables).Select(v =>
                new ChmVariable($"module:v[{v}]", [.. Enumerable.Range(0, triangles).Select(_ => random.NextDouble())]))]);
    }

    private string Write()
    {
        var writer = new ChmWriter(new PosixFiles(), _root);
        var place = writer.Reserve(ChmTime.From(new DateTime(2020, 1, 25, 14, 0, 0)));
        double[][] values = [[0.5, -1.25, 1e300], [4, 5, 6], [7, 8, 9]];
        var record = writer.WriteRank(place, 0, new ChmRankState(
            new ChmTriangles([17, 4, 999]), [.. Names.Zip(values, (name, v) => new ChmVariable(name, v))]));
        return Path.Combine(_root, record.File);
    }
}
