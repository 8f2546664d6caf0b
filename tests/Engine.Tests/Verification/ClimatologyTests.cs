namespace Cairn.Engine.Tests.Verification;

public sealed class ClimatologyTests
{
    /// <summary>Daily data's monthly means bear the date of each month's last day.</summary>
    [Theory]
    [InlineData("1991-02-01", "1990-02-28T18:00:00")]
    [InlineData("1992-02-29T12:00", "1990-02-28T18:00:00")]
    [InlineData("1991-12-31T23:00", "1990-12-31T18:00:00")]
    public void Of_twelve_months_that_of_the_month_counts(string moment, string expected) =>
        Assert.Equal(expected, $"{Climatology.Nearest([.. Enumerable.Range(1, 12).Select(LastOf)], At(moment))}");

    [Theory]
    [InlineData("2001-12-20", "1990-01-15T00:00:00")]
    [InlineData("2001-03-10", "1990-04-15T00:00:00")]
    [InlineData("2001-09-30", "1990-10-15T00:00:00")]
    public void Of_others_the_one_nearest_in_the_year_counts_across_its_end(string moment, string expected) =>
        Assert.Equal(expected, $"{Climatology.Nearest([.. new[] { 1, 4, 7, 10 }.Select(m => At($"1990-{m:00}-15"))], At(moment))}");

    private static CfTime LastOf(int month) => At($"1990-{month:00}-{DateTime.DaysInMonth(1990, month):00}T18:00");
    private static CfTime At(string text) => CfTime.Parse(text, CfCalendar.Standard, out _);
}
