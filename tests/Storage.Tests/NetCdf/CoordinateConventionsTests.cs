using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.NetCdf;

/// <summary>The rules of time axes and of coordinates that are no dimension (CF conventions 4.4 and 5), one row a rule: the file, the time
/// that its field stands for or what the refusal names, and whether xarray (X) tells the same time.</summary>
public sealed class CoordinateConventionsTests
{
    private const string Grid = "coordinates(2); v('p', 'lat lon', [[1, 2]]";
    private const string Zone = "2000-01-01T00:00:00";

    private static readonly (string Rule, string File, string Expected, string SameAs)[] Times =
    [
        ("days", "t('days since 2000-01-01', 1)", "2000-01-02T00:00:00", "X"),
        ("day", "t('day since 2000-01-01', 0.5)", "2000-01-01T12:00:00", "X"),
        ("d", "t('d since 2000-01-01', 1)", "2000-01-02T00:00:00", "X"),
        ("capitals", "t('Hours since 2000-01-01', 1)", "2000-01-01T01:00:00", "X"),
        ("all in capitals", "t('HOURS SINCE 2000-01-01', 1)", "2000-01-01T01:00:00", ""),
        ("h", "t('h since 2000-01-01', 1)", "2000-01-01T01:00:00", "X"),
        ("hr", "t('hr since 2000-01-01', 1)", "2000-01-01T01:00:00", "X"),
        ("min", "t('min since 2000-01-01', 1)", "2000-01-01T00:01:00", "X"),
        ("minutes", "t('minutes since 2000-01-01', 1)", "2000-01-01T00:01:00", "X"),
        ("secs", "t('secs since 2000-01-01', 1)", "2000-01-01T00:00:01", "X"),
        ("ms", "t('ms since 2000-01-01', 1)", "2000-01-01T00:00:00.001", "X"),
        ("millisecs", "t('millisecs since 2000-01-01', 1)", "2000-01-01T00:00:00.001", "X"),
        ("microsec", "t('microsec since 2000-01-01', 1)", "2000-01-01T00:00:00.000001", "X"),
        ("nanoseconds", "t('nanoseconds since 2000-01-01', 86400000000000, dtype='i8')", "2000-01-02T00:00:00", "X"),
        ("weeks", "t('weeks since 2000-01-01', 1)", "2000-01-08T00:00:00", ""),
        ("months of 360_day", "t('months since 2000-01-01', 1, '360_day')", "2000-02-01T00:00:00", "X"),
        ("common_years of noleap", "t('common_years since 2000-01-01', 1, 'noleap')", "2001-01-01T00:00:00", "X"),
        ("months", "t('months since 2000-01-01', 1)", "! time:units|months since 2000-01-01|Correct", ""),
        ("years", "t('years since 2000-01-01', 1)", "! time:units|years", ""),

        ("ints", "t('hours since 2000-01-01', 1, dtype='i4')", "2000-01-01T01:00:00", "X"),
        ("floats", "t('hours since 2000-01-01', 1.5, dtype='f4')", "2000-01-01T01:30:00", "X"),
        ("packed", "t('hours since 2000-01-01', 3, dtype='i2', scale_factor=0.5)", "2000-01-01T01:30:00", "X"),
        ("negative", "t('hours since 2000-01-01', -1)", "1999-12-31T23:00:00", "X"),
        ("T between", "t('hours since 2000-01-01T12:00:00', 1)", "2000-01-01T13:00:00", "X"),
        ("Z", "t('hours since 2000-01-01T00:00:00Z', 0)", Zone, "X"),
        ("small letters", "t('hours since 2000-01-01t00:00:00z', 0)", Zone, "X"),
        ("UTC", "t('hours since 2000-01-01 00:00 UTC', 0)", Zone, "X"),
        ("an hour alone", "t('hours since 2000-01-01 12', 1)", "2000-01-01T13:00:00", "X"),
        ("short numbers", "t('hours since 2000-1-1 0:0:0.0', 1)", "2000-01-01T01:00:00", "X"),
        ("nine digits of a second", "t('hours since 2000-01-01 00:00:00.000000000', 1)", "2000-01-01T01:00:00", "X"),
        ("east of Greenwich", "t('hours since 2000-01-01 01:00:00 +01:00', 0)", Zone, "X"),
        ("half an hour", "t('hours since 2000-01-01T01:30:00+0130', 0)", Zone, "X"),
        ("west, short", "t('hours since 1999-12-31 18:00 -6:00', 0)", Zone, "X"),
        ("west, hours only", "t('hours since 1999-12-31 18:00 -06', 0)", Zone, "X"),
        ("a zone without a time", "t('hours since 2000-01-01 +01:00', 1)", Zone, "X"),
        ("a named zone", "t('hours since 2000-01-01 00:00 EST', 1)", "! time:units|EST", ""),
        ("a year", "t('days since 2000', 1)", "2000-01-02T00:00:00", "X"),
        ("a year and month", "t('days since 2000-03', 1)", "2000-03-02T00:00:00", "X"),
        ("no dashes", "t('days since 20000301', 1)", "2000-03-02T00:00:00", "X"),
        ("no dashes, with a time", "t('days since 20000301 12:00', 1)", "2000-03-02T12:00:00", "X"),
        ("slashes", "t('days since 2000/03/01', 1)", "2000-03-02T00:00:00", "X"),
        ("year 1", "t('days since 1-1-1', 730000)", "1999-09-02T00:00:00", "X"),
        ("Julian days", "t('days since -4713-01-01 12:00', 2451545)", "2000-01-01T12:00:00", "X"),
        ("year 0 of standard", "t('days since 0000-01-01', 1)", "! time:units|year 0|from 1", ""),
        ("year 0 of noleap", "t('days since 0000-01-01', 1, 'noleap')", "0000-01-02T00:00:00", "X"),
        ("no date", "t('hours since the start', 1)", "! time:units|the start", ""),
        ("no such date", "t('hours since 2001-02-29', 1)", "! time:units|2001-02-29|does not exist", ""),

        ("gregorian", "t('days since 2000-02-28', 1, 'GREGORIAN')", "2000-02-29T00:00:00", "X"),
        ("the reform", "t('days since 1582-10-04', 1)", "1582-10-15T00:00:00", "X"),
        ("proleptic_gregorian", "t('days since 1582-10-04', 1, 'proleptic_gregorian')", "1582-10-05T00:00:00", "X"),
        ("noleap", "t('days since 2000-02-28', 1, 'noleap')", "2000-03-01T00:00:00", "X"),
        ("365_day", "t('days since 2000-02-28', 1, '365_day')", "2000-03-01T00:00:00", "X"),
        ("all_leap", "t('days since 2001-02-28', 1, 'all_leap')", "2001-02-29T00:00:00", "X"),
        ("366_day", "t('days since 2001-02-28', 1, '366_day')", "2001-02-29T00:00:00", "X"),
        ("360_day", "t('days since 2001-02-30', 1, '360_day')", "2001-03-01T00:00:00", "X"),
        ("julian", "t('days since 1900-02-28', 1, 'julian')", "1900-02-29T00:00:00", "X"),
        ("an unknown calendar", "t('days since 2000-01-01', 1, 'martian')", "! time:calendar|martian|proleptic_gregorian", ""),
        ("leap seconds", "t('days since 2000-01-01', 1, 'utc')", "! time:calendar|utc", ""),
        ("a calendar in numbers", "t('days since 2000-01-01', 1, calendar=i4(1))", "! time:calendar = 1|not text", ""),
        ("units in numbers", "t(i4(1), 1)", "! time:units = 1|not text", ""),
        ("no units", "t(None, 1)", "! time:units|leaves open", ""),
        ("no reference", "t('hours', 1)", "! time:units|hours since", ""),
        ("Units", "t(None, 1, Units='days since 2000-01-01')", "! time:Units|the name units", ""),
        ("strings of units", "t(['days since 2000-01-01'], 1)", "2000-01-02T00:00:00", "X"),
        ("never written", "t('days since 2000-01-01', netCDF4.default_fillvals['f8'])", "! time|1 of 1|default fill value", ""),
        ("missing", "t('days since 2000-01-01', -1, missing_value=-1.0)", "! time|missing_value = -1", ""),
        ("out of range", "t('days since 2000-01-01', 1e30)", "! time:units|out of range", ""),
        ("with bounds", "t('days since 2000-01-01', 1, bounds='time_bnds'); v('time_bnds', 'time two', [[0, 2]])",
            "2000-01-02T00:00:00", "X"),

        ("scalar, named", $"{Grid}, coordinates='time'); v('time', '', 1, units='days since 2000-01-01')", "2000-01-02T00:00:00", "X"),
        ("scalar, another name", $"{Grid}, coordinates='when'); v('when', '', 1, units='days since 2000-01-01')",
            "2000-01-02T00:00:00", ""),
        ("scalar, not named", $"{Grid}); v('time', '', 1, units='days since 2000-01-01')", "2000-01-02T00:00:00", "X"),
        ("scalar, by standard_name", $"{Grid}); v('a', '', 1, units='days since 2000-01-01', standard_name='time')",
            "2000-01-02T00:00:00", ""),
        ("named by the file", $"{Grid}); f.coordinates = 'a'; v('a', '', 1, units='days since 2000-01-01')", "2000-01-02T00:00:00", ""),
        ("of length one, no dimension of the field", $"{Grid}); v('time', 'time', [1], units='days since 2000-01-01')",
            "2000-01-02T00:00:00", "X"),
        ("scalar, unsure", $"{Grid}); v('made', '', 1, units='days since 2000-01-01')",
            "! p(lat|made (days since 2000-01-01) is a time|initial.time", ""),
        ("scalar, without units", $"{Grid}, coordinates='time'); v('time', '', 1)", "! time:units", ""),
        ("two that agree", $"{Grid}); v('time', '', 1, units='days since 2000-01-01'); " +
            "v('valid_time', '', 24, units='hours since 2000-01-01')",
            "2000-01-02T00:00:00", "X"),
        ("two that do not", $"{Grid}); v('time', '', 1, units='days since 2000-01-01'); " +
            "v('valid_time', '', 1, units='hours since 2000-01-01')",
            "! time and valid_time have different times", ""),
        ("named and absent", $"{Grid}, coordinates='time')", "! p:coordinates names time|initial.time", ""),
        ("named, along no dimension of the field", $"{Grid}, coordinates='time'); v('time', 'time', [1, 2], units='days since 2000-01-01')",
            "! time(time = 2)|coordinates", ""),
        ("none at all", $"{Grid})", "none", ""),

        ("the start of a forecast, beside the time",
            $"{Grid}); v('time', '', 1, units='days since 2000-01-01'); " +
            "v('r', '', 0, units='days since 2000-01-01', standard_name='forecast_reference_time')", "2000-01-02T00:00:00", "X"),
        ("the start of a forecast as time, and valid_time",
            $"{Grid}, coordinates='time step valid_time'); v('step', '', 6, units='hours', standard_name='forecast_period'); " +
            "v('time', '', 0, units='days since 2000-01-01', standard_name='forecast_reference_time'); " +
            "v('valid_time', '', 6, units='hours since 2000-01-01', standard_name='time')", "2000-01-01T06:00:00", ""),
        ("the start of a forecast alone",
            $"{Grid}); v('r', '', 0, units='days since 2000-01-01', standard_name='forecast_reference_time')",
            "! r is the start of the forecast|initial.time", ""),
        ("starts of forecasts as a dimension", "coordinates(2); v('p', 'time lat lon', [[[1, 2]], [[3, 4]]]); " +
            "v('time', 'time', [0, 1], units='days since 2000-01-01', standard_name='forecast_reference_time')",
            "! time|forecast_reference_time|standard_name \"time\"", ""),
        ("starts of forecasts as a dimension, with times along it", "coordinates(2); v('p', 'time lat lon', [[[1, 2]]]); " +
            "v('time', 'time', [0], units='days since 2000-01-01', standard_name='forecast_reference_time'); " +
            "v('valid_time', 'time', [6], units='hours since 2000-01-01', standard_name='time')", "2000-01-01T06:00:00", ""),
        ("two dimensions of length one", "coordinates(2); v('p', 'r s lat lon', [[[[1, 2]]]]); " +
            "v('time', 'r s', [[6]], units='hours since 2000-01-01')", "2000-01-01T06:00:00", "X"),
        ("one of two of length one", "coordinates(2); v('p', 'r s lat lon', [[[[1, 2]], [[3, 4]]]]); " +
            "v('time', 'r s', [[6, 12]], units='hours since 2000-01-01')", "2000-01-01T06:00:00", ""),
        ("two dimensions", "coordinates(2); v('p', 'r s lat lon', [[[[1, 2]], [[3, 4]]], [[[1, 2]], [[3, 4]]]]); " +
            "v('valid_time', 'r s', [[6, 12], [18, 24]], units='hours since 2000-01-01')",
            "! valid_time(r = 2, s = 2)|several dimensions", ""),
        ("along a dimension of another name", "coordinates(2); v('p', 'record lat lon', [[[1, 2]], [[3, 4]]], coordinates='time'); " +
            "v('time', 'record', [1, 2], units='days since 2000-01-01')", "2000-01-02T00:00:00", ""),
        ("a dimension of times without values", "coordinates(2); v('p', 'time lat lon', [[[1, 2]]])", "! dimension time|no coordinate", ""),

        ("latitudes along other dimensions", "v('p', 'y x', [[1, 2]]); v('lat', 'y', [0], units='degrees_north'); " +
            "v('lon', 'x', [0, 1], units='degrees_east')", "none", ""),
        ("curvilinear", "v('p', 'y x', [[1, 2], [3, 4]], coordinates='lat lon'); " +
            "v('lat', 'y x', [[0, 1], [2, 3]], units='degrees_north'); " +
            "v('lon', 'y x', [[0, 1], [0, 1]], units='degrees_east')", "! lat(y = 2, x = 2)|remapbil", ""),
        ("a latitude that is no dimension", "v('p', 'lon', [1, 2], coordinates='lat'); v('lat', '', 5, units='degrees_north'); " +
            "v('lon', 'lon', [0, 1], units='degrees_east')", "! latitude of p(lon = 2) is lat|expand_dims", ""),
        ("a longitude that is no dimension", "v('p', 'lat', [1, 2]); v('lat', 'lat', [0, 5], units='degrees_north'); " +
            "v('lon', '', 1, units='degrees_east')", "! longitude of p(lat = 2) is lon|expand_dims", ""),
        ("no latitude at all", "f.createDimension('lat', 0); v('p', 'lat lon', np.zeros((0, 2))); " +
            "v('lat', 'lat', [], units='degrees_north'); v('lon', 'lon', [0, 1], units='degrees_east')",
            "! dimension lat has length 0", ""),
        ("two along one", "coordinates(2); v('p', 'y lon', [[1, 2]]); v('a', 'y', [0], units='degrees_north'); " +
            "v('b', 'y', [1], units='degrees_north')", "! a and b lie along|coordinates", ""),
        ("radians", "v('p', 'lat lon', [[1, 2]]); v('lat', 'lat', [0], units='radians'); v('lon', 'lon', [0, 1], units='degrees_east')",
            "! lat:units = \"radians\"|degrees_north", ""),
        ("metres", "v('p', 'y x', [[1, 2]]); v('y', 'y', [0], units='m', axis='Y'); v('x', 'x', [0, 1], units='m', axis='X')",
            "! not understood", ""),
        ("letters of axes", "v('p', 'y x', [[1, 2]]); v('y', 'y', [0], axis='Y'); v('x', 'x', [0, 1], units='degrees', axis='X')",
            "none", ""),
        ("packed longitudes", "v('p', 'lat lon', [[1, 2]]); v('lat', 'lat', [0], units='degrees_north'); " +
            "v('lon', 'lon', [0, 20], dtype='i2', units='degrees_east', scale_factor=2.0)", "none", ""),
        ("a gap in latitudes", "v('p', 'lat lon', [[1, 2]]); v('lat', 'lat', [-9], units='degrees_north', missing_value=-9.0); " +
            "v('lon', 'lon', [0, 1], units='degrees_east')", "! coordinate lat|missing_value", ""),
        ("latitudes in no order", "v('p', 'lat lon', [[1], [2], [3]]); v('lat', 'lat', [0, 20, 10], units='degrees_north'); " +
            "v('lon', 'lon', [0], units='degrees_east')", "! latitudes lat|sortby", ""),
        ("latitudes beyond a pole", "v('p', 'lat lon', [[1], [2]]); v('lat', 'lat', [80, 100], units='degrees_north'); " +
            "v('lon', 'lon', [0], units='degrees_east')", "! latitudes lat|-90 and 90", ""),
        ("longitudes in no order", "v('p', 'lat lon', [[1, 2, 3, 4]]); v('lat', 'lat', [0], units='degrees_north'); " +
            "v('lon', 'lon', [0, 20, 10, 30], units='degrees_east')", "! longitudes lon|sortby", ""),
        ("longitudes across the seam", "v('p', 'lat lon', [[1, 2, 3, 4]]); v('lat', 'lat', [0], units='degrees_north'); " +
            "v('lon', 'lon', [350, 355, 0, 5], units='degrees_east')", "none", ""),
    ];

    [SkippableFact]
    public void Every_rule_of_times_and_coordinates_is_followed_or_refused()
    {
        using var files = new ConventionsFiles(Times.Select(r => r.File));
        Assert.All(Times, rule =>
        {
            var said = Time(files.Path(rule.File), TimeSelector.Only);
            if (rule.Expected.StartsWith("! ", StringComparison.Ordinal))
            {
                Assert.All(rule.Expected[2..].Split('|').Append(files.Path(rule.File)), part =>
                    Assert.True(said.Contains(part, StringComparison.Ordinal), $"{rule.Rule}: '{part}' is not in: {said}"));
                return;
            }

            // Of several times the first.
            said = said.Contains("none was selected", StringComparison.Ordinal) ? Time(files.Path(rule.File), TimeSelector.At(0)) : said;
            Assert.True(said == rule.Expected, $"{rule.Rule}: expected {rule.Expected}, found {said}");
            var xarray = rule.SameAs == "X" ? files.Said(rule.File, "times")[0] : said;
            Assert.True(xarray == said, $"{rule.Rule}: found {said}, xarray {xarray}");
        });
    }

    [SkippableFact]
    public void A_time_that_the_file_does_not_tell_can_be_stated_and_one_that_it_tells_only_chosen()
    {
        const string Undated = $"{Grid})";
        const string Unsure = $"{Grid}); v('made', '', 1, units='days since 2000-01-01')";
        const string Dated = $"{Grid}); v('time', '', 1, units='days since 2000-01-01')";
        using var files = new ConventionsFiles([Undated, Unsure, Dated]);
        var stated = TimeSelector.AtOrStated("1990-07-01T06:00:00");

        Assert.Equal("1990-07-01T06:00:00", Time(files.Path(Undated), stated));
        Assert.Equal("1990-07-01T06:00:00", Time(files.Path(Unsure), stated));
        Assert.Contains("Nearest: 2000-01-02", Time(files.Path(Dated), stated), StringComparison.Ordinal);
        Assert.Contains("no time axis", Time(files.Path(Undated), TimeSelector.At("1990-07-01")), StringComparison.Ordinal);
        Assert.Contains("is a time", Time(files.Path(Unsure), TimeSelector.At(0)), StringComparison.Ordinal);
        Assert.Equal("none", Time(files.Path(Undated), TimeSelector.At(0)));
    }

    [SkippableFact]
    public void Variables_of_different_scalar_times_make_no_state()
    {
        const string Apart = $"{Grid}, coordinates='s'); v('q', 'lat lon', [[1, 2]], coordinates='r'); " +
            "v('s', '', 1, units='days since 2000-01-01'); v('r', '', 2, units='days since 2000-01-01')";
        using var files = new ConventionsFiles([Apart]);
        var error = Assert.Throws<DataException>(
            () => NetCdfFields.Read(files.Path(Apart), [new("p", "p"), new("q", "q")], TimeSelector.Only));

        Assert.Contains("q(lat = 1, lon = 2) is valid at 2000-01-03", error.Message, StringComparison.Ordinal);
    }

    private static string Time(string path, TimeSelector time)
    {
        try
        {
            return NetCdfFields.Read(path, [new("p", "p")], time).Time?.ToString() ?? "none";
        }
        catch (DataException e)
        {
            return e.Message;
        }
    }
}
