using System.Text;
using Cairn.Storage.Chm;
using Cairn.Storage.NetCdf;
using Cairn.Storage.Tests.Durable;
using Xunit.Abstractions;

namespace Cairn.Storage.Tests.Chm;

/// <summary>Whatever happens to a checkpoint's files, what is loaded is what was written, or there is an error.</summary>
public sealed class ChmDamageTests(ITestOutputHelper log)
{
    private const int Seed = 20261126;

    [Fact]
    public void A_sample_of_damaged_bytes_and_truncations_is_noticed() => Damage(stride: 41);

    [Fact]
    [Trait("Category", "Soak")]
    public void Every_damaged_byte_and_truncation_is_noticed() => Damage(stride: 1);

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public void A_truncated_file_of_the_original_is_an_error_that_names_it(double part)
    {
        var (files, json) = Original();
        var path = $"{ChmRun.Folder}/{ChmCheckpoint.Open(json, files).Manifest.Files[1]}";
        var bytes = files.ReadAll(path);
        Replace(files, path, bytes[..(int)(bytes.Length * part)]);

        var error = Assert.Throws<DataException>(() => ChmCheckpoint.Open(json, files).Verify());

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_a_link_and_a_path_that_leaves_the_folder_are_errors()
    {
        var (files, json) = Original();
        var path = $"{ChmRun.Folder}/{ChmCheckpoint.Open(json, files).Manifest.Files[1]}";
        var text = Encoding.UTF8.GetString(files.ReadAll(json));
        files.DeleteFile(path);
        Says($"{path} is missing");
        files.SeedLink(path);
        Says("symbolic link");
        foreach (var elsewhere in new[] { "../../etc/passwd", "/etc/passwd", "20191227T160000/../x.nc", "" })
        {
            Replace(files, json, Encoding.UTF8.GetBytes(
                text.Replace("20191227T160000\\/chkp20191227T160000_1.nc", elsewhere, StringComparison.Ordinal)));
            Says($"The path '{elsewhere}' found below {ChmRun.Folder} is refused");
        }

        void Says(string what) => Assert.Contains(
            what, Assert.Throws<DataException>(() => ChmCheckpoint.Open(json, files).Verify()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("global_id 3 appears twice", "3,3", null)]
    [InlineData("global_id 1 is in", "1,4", null)]
    [InlineData("global_id of its triangle 1 is 0.5", "3,0.5", null)]
    [InlineData("global_id of its triangle 0 is NaN", "NaN,4", null)]
    [InlineData("lacks the variable snow:swe", "3,4", "swe:snow")]
    public void What_contradicts_the_other_ranks_is_told_with_the_file(string expected, string ids, string? variable)
    {
        var (files, json) = Original();
        var path = $"{ChmRun.Folder}/{ChmCheckpoint.Open(json, files).Manifest.Files[1]}";
        var numbers = ids.Split(',').Select(t => double.Parse(t, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Replace(files, path, RankFile(ChmRun.TimeOf(0), numbers, [variable ?? "snow:swe"]));

        var error = Assert.Throws<DataException>(() => ChmCheckpoint.Open(json, files).Verify());

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_time_or_without_a_time_is_refused()
    {
        var (files, json) = Original();
        var path = $"{ChmRun.Folder}/{ChmCheckpoint.Open(json, files).Manifest.Files[1]}";
        Replace(files, path, RankFile(ChmRun.TimeOf(1), [3, 4], ["snow:swe"]));
        Says("its restart_time_sec is 1577466000; expected 1577462400");
        Replace(files, path, RankFile(null, [3, 4], ["snow:swe"]));
        Says("has no attribute restart_time_sec");

        void Says(string what) => Assert.Contains(
            what, Assert.Throws<DataException>(() => ChmCheckpoint.Open(json, files).Verify()).Message, StringComparison.Ordinal);
    }

    private static void Replace(RecordingFiles files, string path, byte[] bytes)
    {
        if (files.List(Path.GetDirectoryName(path)!).Any(e => e.Name == Path.GetFileName(path)))
            files.DeleteFile(path);

        files.Seed(path, bytes);
    }

    /// <summary>A checkpoint of triangles 0 to 2 and 3 to 4 as CHM writes it: with neither sizes nor checksums.</summary>
    private static (RecordingFiles Files, string Json) Original()
    {
        var files = new RecordingFiles(ChmRun.Folder + "/20191227T160000");
        var manifest = new ChmManifest(
            ChmRun.TimeOf(0), ["20191227T160000/chkp20191227T160000_0.nc", "20191227T160000/chkp20191227T160000_1.nc"]);
        files.Seed($"{ChmRun.Folder}/{manifest.Files[0]}", RankFile(manifest.Time, [0, 1, 2], ["snow:swe"]));
        files.Seed($"{ChmRun.Folder}/{manifest.Files[1]}", RankFile(manifest.Time, [3, 4], ["snow:swe"]));
        var json = $"{ChmRun.Folder}/{ChmNames.Json(manifest.Time, 2)}";
        files.Seed(json, manifest.Write());
        return (files, json);
    }

    private static byte[] RankFile(ChmTime? time, double[] ids, string[] variables)
    {
        using var file = NetCdfWriter.CreateInMemory("rank");
        file.DefineDimension("tri_id", ids.Length);
        string[] names = [.. variables, "global_id"];
        Array.ForEach(names, name => file.DefineVariable(name, NetCdfType.Double, ["tri_id"]));
        if (time is { } moment)
        {
            file.DefineAttribute(null, "restart_time", moment.Text);
            file.DefineAttribute(null, "restart_time_sec", (ulong)moment.Seconds);
        }

        file.EndDefinition();
        Array.ForEach(names, name => file.Write(name, [0], [ids.Length], ids));
        return file.CloseInMemory();
    }

    private void Damage(int stride)
    {
        var whole = new RecordingFiles();
        var run = new ChmRun(whole, ChmRun.EvenCut(5, 2));
        var json = run.Write(0).Path;
        var random = new Random(Seed);
        var (trials, harmless) = (0, 0);
        foreach (var path in whole.FilesBelow(ChmRun.Folder))
        {
            var bytes = whole.ReadAll(path);
            for (var at = random.Next(stride); at < bytes.Length; at += stride)
            {
                var other = bytes.ToArray();
                other[at] ^= (byte)random.Next(1, 256);
                Try(path, other, $"byte {at} of {bytes.Length} became {other[at]}");
                Try(path, bytes[..at], $"cut to {at} of {bytes.Length} bytes");
            }
        }

        log.WriteLine($"{trials} damages, {harmless} of them of no consequence");

        void Try(string path, byte[] bytes, string what)
        {
            trials++;
            var files = whole.Snapshot();
            Replace(files, path, bytes);
            try
            {
                var checkpoint = ChmCheckpoint.Open(json, files);
                checkpoint.Verify();
                // A blank, a newline, a key that CHM does not know: what is loaded then must be what was written.
                Assert.True(new ChmRun(files, ChmRun.EvenCut(5, 3)).Finds(checkpoint, 0), $"seed {Seed}, {path}, {what}: other values");
                Assert.True(path == json, $"seed {Seed}, {path}, {what}: not noticed");
                harmless++;
            }
            catch (DataException e)
            {
                Assert.True(e.Message.Contains(ChmRun.Folder, StringComparison.Ordinal), $"{what}: no file is named: {e.Message}");
            }
        }
    }
}
