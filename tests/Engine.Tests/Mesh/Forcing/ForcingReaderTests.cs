using Cairn.Engine.Mesh.Forcing;

namespace Cairn.Engine.Tests.Mesh.Forcing;

/// <summary>Records of weather in both forms, and what is wrong with bad ones.</summary>
public sealed class ForcingReaderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cairn-forcing").FullName;

    [Fact]
    public void A_winter_at_Trail_Valley_is_read_whole()
    {
        var winter = Meshes.TrailValley();

        Assert.Equal(["t", "rh", "u", "vw_dir", "p"], winter.Columns);
        Assert.Equal((10080, TimeSpan.FromMinutes(30)), (winter.Rows, winter.Interval));
        Assert.Equal(new DateTime(1996, 9, 11, 0, 30, 0, DateTimeKind.Utc), winter.Start);
        Assert.Equal(new DateTime(1997, 4, 9, 0, 30, 0, DateTimeKind.Utc), winter.End);
        Assert.Equal(-1.04, winter.At(winter.Start)[0]);
        Assert.Equal(0.00389 * 1800, winter.At(winter.Start)[4], 1e-12);
        var snowfall = Enumerable.Range(0, winter.Rows).Sum(i => winter.At(winter.Start + (i * winter.Interval))[4]);
        Assert.Equal(178.9686, snowfall, 1e-6);
    }

    [Fact]
    public void The_tab_separated_form_is_read_by_its_names()
    {
        var days = ForcingReader.Read(Meshes.Data("bb_m_2000-2008"), ForcingFormat.Chm);

        Assert.Equal(["Qsi", "t", "rh", "u", "vw_dir", "p"], days.Columns);
        Assert.Equal(196, days.Rows);
        Assert.Equal(-3.846, days.At(new DateTime(2000, 10, 5, 1, 0, 0, DateTimeKind.Utc))[1]);
    }

    [Theory]
    [InlineData("1996-09-11T00:00:00")]
    [InlineData("1996-09-11T00:45:00")]
    [InlineData("1997-04-09T00:30:00")]
    public void A_time_that_the_record_does_not_cover_is_refused_with_its_range(string time)
    {
        var at = DateTime.SpecifyKind(DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture), DateTimeKind.Utc);

        var error = Assert.Throws<DataException>(() => Meshes.TrailValley().At(at));

        const string range = "expected a time from 1996-09-11T00:30:00 to 1997-04-09T00:00:00, every 30 minutes";
        Assert.Contains($"no forcing for the step at {time}; {range}", error.Message, StringComparison.Ordinal);
        Assert.Contains("tvc_9697_met.txt", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ForcingFormat.Chm, "", "expected a line of different names")]
    [InlineData(ForcingFormat.Chm, "datetime\tt\tt\n", "expected a line of different names")]
    [InlineData(ForcingFormat.Chm, "datetime\tt\n20001001T000000\t1\n", "has 1 row")]
    [InlineData(ForcingFormat.Chm, "datetime\tt\n20001001T000000\t1\n20001001T003000\t1\t2\n", "line 3: found 2 values")]
    [InlineData(ForcingFormat.Chm, "datetime\tt\n20001001T000000\t1\n20001001T003000\tnan\n", "line 3: found t = 'nan'")]
    [InlineData(ForcingFormat.Chm, "datetime\tt\n2000-10-01\t1\n20001001T003000\t1\n", "line 2: found the time '2000-10-01'")]
    [InlineData(ForcingFormat.Chm, "datetime\tt\n20001001T00\t1", "line 2: found the time")]
    [InlineData(ForcingFormat.Chm, "datetime\tt\n20001001T000000\t1\n20001001T003000\t1\n20001001T013000\t1\n", "line 4: found a time 01:")]
    [InlineData(ForcingFormat.Chm, "datetime\tt\n20001001T000000\t1\n20001001T000000\t1\n", "line 3: found a time 00:00:00")]
    [InlineData(ForcingFormat.TrailValley, "1996 255.0 1 2 3 4\n", "line 1: found 4 values")]
    [InlineData(ForcingFormat.TrailValley, "1996 400.0 1 2 3 4 5\n", "line 1: found '1996 400.0 1 2 3 4 5'")]
    [InlineData(ForcingFormat.TrailValley, "September 255.0 1 2 3 4 5\n", "line 1: found 'September")]
    public void A_line_that_does_not_fit_is_named(ForcingFormat format, string text, string expected)
    {
        var path = Path.Combine(_directory, "weather");
        File.WriteAllText(path, text);

        var error = Assert.Throws<DataException>(() => ForcingReader.Read(path, format));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
