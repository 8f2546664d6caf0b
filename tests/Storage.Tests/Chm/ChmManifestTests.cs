using System.Text;
using Cairn.Storage.Chm;

namespace Cairn.Storage.Tests.Chm;

public sealed class ChmManifestTests
{
    /// <summary>As boost's property tree prints it for CHM.</summary>
    private const string Original =
        """
        {
            "ranks": "2",
            "restart_time_sec": "1577462400",
            "startdate": "20191227T160000",
            "files": [
                "20191227T160000\/chkp20191227T160000_0.nc",
                "20191227T160000\/chkp20191227T160000_1.nc"
            ]
        }

        """;

    [Fact]
    public void What_Chm_wrote_is_read_and_written_back_byte_for_byte()
    {
        var manifest = Read(Original);

        Assert.Equal(2, manifest.Ranks);
        Assert.Equal(new DateTime(2019, 12, 27, 16, 0, 0, DateTimeKind.Utc), manifest.Time.ToDateTime());
        Assert.Equal(["20191227T160000/chkp20191227T160000_0.nc", "20191227T160000/chkp20191227T160000_1.nc"], manifest.Files);
        Assert.Null(manifest.Digests);
        Assert.Equal(Original, Encoding.UTF8.GetString(manifest.Write()));
    }

    [Fact]
    public void Sizes_and_checksums_stand_behind_the_keys_that_Chm_reads_as_strings_too()
    {
        var manifest = Read(Original) with { Digests = [new(72_000_000_000, 0xab), new(17, uint.MaxValue)] };
        var text = Encoding.UTF8.GetString(manifest.Write());

        Assert.StartsWith(Original[..^4], text, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            _1.nc"
                ],
                "bytes": [
                    "72000000000",
                    "17"
                ],
                "crc32c": [
                    "000000ab",
                    "ffffffff"
                ]
            }

            """, text, StringComparison.Ordinal);
        Assert.Equal(manifest.Digests, Read(text).Digests);
    }

    [Fact]
    public void Numbers_plain_slashes_and_unknown_keys_are_read_as_well()
    {
        var text = """{"files": ["a/b.nc"], "startdate": "20191227T160000", "x": {}, "restart_time_sec": 1577462400, "ranks": 1}""";

        Assert.Equal(["a/b.nc"], Read(text).Files);
    }

    [Theory]
    [InlineData("\"2\"", "\"3\"", "lists 2 files for 3 ranks")]
    [InlineData("\"2\"", "\"0\"", "ranks is '0'")]
    [InlineData("\"2\"", "\"two\"", "ranks is 'two'")]
    [InlineData("\"2\"", "null", "ranks holds null")]
    [InlineData("\"2\"", "\"99999999999999999999\"", "ranks is '99999999999999999999'")]
    [InlineData("2400", "2401", "contradicts itself")]
    [InlineData("\"20191227T160000\"", "\"20191327T160000\"", "startdate is '20191327T160000'")]
    [InlineData("_1.nc", "_0.nc", "for two ranks")]
    [InlineData("\"startdate\"", "\"start_date\"", "has no startdate")]
    [InlineData("\"files\"", "\"file\"", "has no files")]
    public void What_is_wrong_is_told_with_file_and_key(string good, string bad, string expected)
    {
        var error = Assert.Throws<DataException>(() => Read(Original.Replace(good, bad, StringComparison.Ordinal)));

        Assert.Contains("c.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_an_error_that_names_the_file()
    {
        var bytes = (Read(Original) with { Digests = [new(5, 1), new(6, 2)] }).Write();

        for (var length = 0; length < bytes.Length - 2; length++)
        {
            var error = Assert.Throws<DataException>(() => ChmManifest.Read(bytes.AsMemory(0, length), "c.json"));
            Assert.Contains("c.json", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("checkpoint_20170901T070000.np1.json", true)]
    [InlineData("checkpoint_20170901T070000.np1024.json", true)]
    [InlineData("checkpoint_20171301T070000.np1.json", false)]
    [InlineData("checkpoint_20170901T070000.np1.json.bak", false)]
    [InlineData(".tmp_checkpoint_20170901T070000.np1.json", false)]
    [InlineData("checkpoint_20170901T070000.json", false)]
    public void A_checkpoint_is_known_by_its_name(string name, bool expected) =>
        Assert.Equal(expected, ChmNames.TryParseJson(name, out _, out _));

    [Fact]
    public void A_time_has_the_forms_that_Chm_gives_it()
    {
        var time = ChmTime.From(new DateTime(2020, 1, 25, 14, 0, 0, DateTimeKind.Utc));

        Assert.Equal((1579960800, "20200125T140000", "2020-Jan-25 14:00:00"), (time.Seconds, time.Name, time.Text));
        Assert.Throws<SpecException>(() => ChmTime.From(new DateTime(1969, 12, 31)));
        Assert.Throws<SpecException>(() => ChmTime.From(time.ToDateTime().AddMilliseconds(1)));
    }

    private static ChmManifest Read(string text) => ChmManifest.Read(Encoding.UTF8.GetBytes(text), "c.json");
}
