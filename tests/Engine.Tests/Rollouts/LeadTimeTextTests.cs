namespace Cairn.Engine.Tests.Rollouts;

public sealed class LeadTimeTextTests
{
    [Theory]
    [InlineData(0L, "0 h", 0, "h")]
    [InlineData(36_000_000_000L, "1 h", 1, "h")]
    [InlineData(1_296_000_000_000L, "36 h", 36, "h")]
    [InlineData(54_000_000_000L, "90 min", 90, "m")]
    [InlineData(450_000_000L, "45 s", 45, "s")]
    [InlineData(15_000L, "1500 us", 1500, "us")]
    [InlineData(20_000L, "2 ms", 2, "ms")]
    public void The_longest_unit_that_fits_is_used(long ticks, string text, long value, string unit)
    {
        Assert.Equal(text, LeadTimeText.Of(TimeSpan.FromTicks(ticks)));
        Assert.Equal(new NumpyTimeDelta64(value, unit), LeadTimeText.ToNumpy(TimeSpan.FromTicks(ticks)));
    }
}
