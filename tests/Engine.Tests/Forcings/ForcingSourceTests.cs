using Cairn.Engine.Forcings;
using Cairn.Engine.Tests.Sources;

namespace Cairn.Engine.Tests.Forcings;

/// <summary>What a step finds in a file: a field whose one number a time is its value everywhere.</summary>
public sealed class ForcingSourceTests : IDisposable
{
    private static readonly LatLonGrid Grid = new([10, -10], [0, 180]);

    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-forcing-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(ForcingTimes.Exact, "1990-01-01T06:00", 2.0)]
    [InlineData(ForcingTimes.Exact, "1990-01-01T05:00", null)]
    [InlineData(ForcingTimes.Linear, "1990-01-01T06:00", 2.0)]
    [InlineData(ForcingTimes.Linear, "1990-01-01T10:30", 2.75)]
    [InlineData(ForcingTimes.Linear, "1989-12-31T23:59", null)]
    [InlineData(ForcingTimes.Linear, "1990-01-01T12:01", null)]
    [InlineData(ForcingTimes.Nearest, "1990-01-01T08:59", 2.0)]
    [InlineData(ForcingTimes.Nearest, "1990-01-01T09:00", 2.0)]
    [InlineData(ForcingTimes.Nearest, "1990-01-01T09:01", 3.0)]
    [InlineData(ForcingTimes.Nearest, "1989-12-31T21:00", 1.0)]
    [InlineData(ForcingTimes.Nearest, "1989-12-31T20:59", null)]
    [InlineData(ForcingTimes.Nearest, "1990-01-01T15:00", 3.0)]
    [InlineData(ForcingTimes.Nearest, "1990-01-01T15:01", null)]
    public void A_step_finds_the_time_that_is_declared_or_none(ForcingTimes times, string at, double? expected)
    {
        var source = Source(times, File("hours since 1990-01-01", [0, 6, 12], [1, 2, 3]));
        if (expected is null)
        {
            var error = Assert.Throws<DataException>(() => source.At(Time(at))).Message;
            Assert.Contains("model.forcing.sst: ", error, StringComparison.Ordinal);
            Assert.Contains($"gives no t at {Time(at)}", error, StringComparison.Ordinal);
            Assert.Contains("the times 1990-01-01T00:00:00, 1990-01-01T06:00:00, 1990-01-01T12:00:00", error, StringComparison.Ordinal);
            return;
        }
        Assert.All(source.At(Time(at)), value => Assert.Equal(expected.Value, value, 12));
    }

    [Theory]
    [InlineData("1875-02-15", 2)]
    [InlineData("2031-02-15", 2)]
    [InlineData("1990-01-30T12:00", 1.5)]
    [InlineData("1999-12-30T12:00", 2)]
    [InlineData("2001-01-01", 1.903)]
    public void Times_of_one_year_come_again_every_year(string at, double expected)
    {
        // The middles of January, February and December: half-way between the last and the first is the new year.
        var source = Source(ForcingTimes.Yearly, File("days since 0001-01-01", [14, 45, 348], [1, 2, 3]));

        Assert.All(source.At(Time(at)), value => Assert.Equal(expected, value, 2));
    }

    [Theory]
    [InlineData(ForcingTimes.Yearly, 0, 400)]
    [InlineData(ForcingTimes.Linear, 5, 5)]
    public void Times_that_make_no_sense_are_refused(ForcingTimes times, double first, double second)
    {
        var source = Source(times, File("days since 1990-01-01", [first, second], [1, 2]));

        Assert.Contains("; expected ", Assert.Throws<DataException>(() => source.At(Time("1990-01-06"))).Message.Replace(
            ", which do not grow; ", "; ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_is_the_only_time_at_any_time()
    {
        var source = Source(ForcingTimes.Constant, File("days since 1990-01-01", [0], [7]));

        Assert.Equal([7, 7, 7, 7], source.At(Time("2040-05-06")));
    }

    [Fact]
    public void A_time_of_another_calendar_is_the_one_of_the_same_date()
    {
        var source = Source(ForcingTimes.Exact, File("days since 1990-01-01", [0, 59], [1, 2], "noleap"));

        Assert.Equal(2, source.At(CfTime.Parse("1990-03-01", CfCalendar.ProlepticGregorian, out _))[0]);
        Assert.Contains("does not exist in the calendar noleap", Assert.Throws<DataException>(
            () => source.At(Time("1992-02-29"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_times_that_a_run_lacks_are_told_at_once()
    {
        var source = Source(ForcingTimes.Exact, File("hours since 1990-01-01", [0, 6, 12], [1, 2, 3]));

        source.Require([Time("1990-01-01"), Time("1990-01-01T12:00")]);
        var error = Assert.Throws<DataException>(
            () => source.Require([Time("1990-01-01T12:00"), Time("1990-01-01T18:00"), Time("1990-01-02")]));

        Assert.Contains("no t at 1990-01-01T18:00:00 and 1 more, the last 1990-01-02T00:00:00, of 3 times that steps want (times = exact)",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_values_are_refused_unless_a_number_takes_their_place()
    {
        var path = File("days since 1990-01-01", [0], [double.NaN]);

        Assert.Contains("missing or not finite", Assert.Throws<DataException>(
            () => Source(ForcingTimes.Constant, path).At(Time("1990-01-01"))).Message, StringComparison.Ordinal);
        Assert.Equal([271.35, 271.35, 271.35, 271.35], Source(ForcingTimes.Constant, path, 271.35).At(Time("1990-01-01")));
    }

    [Fact]
    public void Another_grid_is_refused_unless_the_initial_condition_is_regridded_too()
    {
        var path = File("days since 1990-01-01", [0], [5]);
        LatLonGrid finer = new([5, 0, -5], [0, 90, 180, 270]);

        Assert.Contains("has a grid of 2 x 2", Assert.Throws<DataException>(
            () => Source(ForcingTimes.Constant, path, grid: finer).At(Time("1990-01-01"))).Message, StringComparison.Ordinal);
        var regrid = new RegridSpec(new GridSpec(new AxisSpec(5, -5, 3), new AxisSpec(0, 270, 4)), RegridMethod.Bilinear);
        Assert.All(Source(ForcingTimes.Constant, path, grid: finer, regrid: regrid).At(Time("1990-01-01")),
            value => Assert.Equal(5, value, 12));
    }

    private static ForcingSource Source(
        ForcingTimes times, string path, double? missing = null, LatLonGrid? grid = null, RegridSpec? regrid = null) => new(
        new ForcingSpec("sst", TimeSpan.Zero)
        {
            Source = new InitialSpec("netcdf", path, null, [new("sst", "t")]) { Missing = missing, Regrid = regrid },
            Times = times,
        },
        grid ?? Grid);

    private static CfTime Time(string text) => CfTime.Parse(text, CfCalendar.Standard, out _);

    private string File(string units, double[] times, double[] values, string calendar = "standard") => FieldFile.Write(
        Path.Combine(_folder, $"{Guid.NewGuid():N}.nc"), units, times, [("t", values)], calendar: calendar);
}
