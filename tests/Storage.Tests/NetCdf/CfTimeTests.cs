using System.Globalization;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.NetCdf;

public sealed class CfTimeTests
{
    private static readonly string[] Calendars = ["standard", "proleptic_gregorian", "julian", "noleap", "all_leap", "360_day"];

    private static readonly string[] Units = ["seconds", "minutes", "hours", "days"];

    [Theory]
    [InlineData("hour since 1980-01-14 14:00:00", null, 87946.5, "1990-01-26T00:30:00")]
    [InlineData("days since 1900-02-28", "noleap", 1, "1900-03-01T00:00:00")]
    [InlineData("days since 2000-02-28", "standard", 1, "2000-02-29T00:00:00")]
    [InlineData("days since 1582-10-04", "gregorian", 1, "1582-10-15T00:00:00")]
    [InlineData("days since 1582-10-04", "proleptic_gregorian", 1, "1582-10-05T00:00:00")]
    [InlineData("days since 0001-01-01", "standard", 719164, "1970-01-01T00:00:00")]
    [InlineData("days since 1999-12-30", "360_day", 1, "2000-01-01T00:00:00")]
    [InlineData("Hours since 2000-01-01T00:00:00Z", null, 1.5, "2000-01-01T01:30:00")]
    [InlineData("seconds since 2000-01-01 00:00:00 +01:00", null, 0, "1999-12-31T23:00:00")]
    [InlineData("minutes since 2000-1-1 0:0:0.5", null, -1, "1999-12-31T23:59:00.5")]
    public void Values_are_decoded_by_unit_origin_and_calendar(string units, string? calendar, double value, string expected)
    {
        var decoder = CfTimeUnits.Parse(units, calendar);
        var time = decoder.Decode(value);
        Assert.Equal(expected, time.ToString());
        Assert.Equal(value, decoder.Encode(time), 9);
    }

    [Theory]
    [InlineData("months since 2000-01-01", null, "fixed|not supported")]
    [InlineData("hours", null, "hours since")]
    [InlineData("hours since yesterday", null, "yesterday")]
    [InlineData("hours since 2001-02-29", "standard", "does not exist")]
    [InlineData("hours since 2000-02-30", "noleap", "does not exist")]
    [InlineData("hours since 1582-10-10", "standard", "does not exist")]
    [InlineData("hours since 2000-01-01", "martian", "martian")]
    public void What_is_not_understood_is_named(string units, string? calendar, string expected)
    {
        var message = Assert.Throws<DataException>(() => CfTimeUnits.Parse(units, calendar)).Message;
        Assert.Contains(expected.Split('|'), part => message.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void Values_without_a_meaning_are_refused()
    {
        var units = CfTimeUnits.Parse("days since 2000-01-01", null);
        Assert.All([double.NaN, double.PositiveInfinity, 1e300, -1e300], value => Assert.Throws<DataException>(() => units.Decode(value)));
    }

    [Fact]
    public void Every_calendar_counts_its_days_without_gap_over_six_centuries()
    {
        foreach (var calendar in Calendars)
        {
            var units = CfTimeUnits.Parse("days since 1450-01-01", calendar);
            var days = Enumerable.Range(0, 220_000).Select(i => units.Decode(i));
            CfTime? last = null;
            foreach (var day in days)
            {
                var follows = last is not { } l || (day.Day == l.Day + 1 && day.Month == l.Month) || day.Day == 1
                    || (calendar == "standard" && day is { Year: 1582, Day: 15 });
                Assert.True(follows, $"{calendar}: {last} then {day}");
                last = day;
            }
        }
    }

    [SkippableFact]
    public void Dates_agree_with_cftime()
    {
        const string Script = """
            import sys, cftime
            for line in sys.argv[1].splitlines():
                units, calendar, value = line.split('|')
                t = cftime.num2date(int(value), units, calendar=calendar, has_year_zero=None)
                print(f'{t.year:04d}-{t.month:02d}-{t.day:02d}T{t.hour:02d}:{t.minute:02d}:{t.second:02d}')
            """;
        const int Seed = 99;
        var random = new Random(Seed);
        var cases = Enumerable.Range(0, 600).Select(_ =>
        {
            var unit = random.Next(Units.Length);
            var origin = string.Create(CultureInfo.InvariantCulture,
                $"{random.Next(1, 2200):0000}-{random.Next(1, 13):00}-{random.Next(1, 29):00}");
            var value = random.NextInt64(0, 400L * 365 * new[] { 86400, 1440, 24, 1 }[unit]);
            return (Units: $"{Units[unit]} since {origin} 06:30:00", Calendar: Calendars[random.Next(Calendars.Length)], Value: value);
        }).ToList();
        var lines = cases.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Units}|{c.Calendar}|{c.Value}"));
        var expected = Python.Run(Script, ["cftime"], string.Join('\n', lines)).Trim().Split('\n');
        Assert.Equal(expected, cases.Select(c => CfTimeUnits.Parse(c.Units, c.Calendar).Decode(c.Value).ToString()));
    }
}
