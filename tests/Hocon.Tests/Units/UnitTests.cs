using Cairn.Hocon.Units;
using Cairn.Hocon.Values;

namespace Cairn.Hocon.Tests.Units;

public sealed class UnitTests
{
    [Theory]
    [InlineData("30m", 30L * 60 * 10_000_000)]
    [InlineData("6h", 6L * 3600 * 10_000_000)]
    [InlineData("10 days", 10L * 86400 * 10_000_000)]
    [InlineData(" 1.5 hours ", 5400L * 10_000_000)]
    [InlineData("250", 2_500_000)]
    [InlineData("7us", 70)]
    [InlineData("500ns", 5)]
    [InlineData("-1s", -10_000_000)]
    [InlineData("2 milliseconds", 20_000)]
    public void Durations_are_exact(string text, long ticks)
    {
        Assert.True(HoconDuration.TryParse(text, out var value));
        Assert.Equal(ticks, value.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("30 M")]
    [InlineData("1 fortnight")]
    [InlineData("50ns")]
    [InlineData("1,5h")]
    [InlineData("1e3s")]
    [InlineData("999999999999d")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(HoconDuration.TryParse(text, out _));

    [Fact]
    public void A_unit_can_be_required() => Assert.False(HoconDuration.TryParse("30", out _, unitRequired: true));

    [Theory]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("1kB", 1000)]
    [InlineData("1K", 1024)]
    [InlineData("1k", 1024)]
    [InlineData("512 bytes", 512)]
    [InlineData("512", 512)]
    [InlineData("1.5 GiB", 3L << 29)]
    [InlineData("2 megabytes", 2_000_000)]
    [InlineData("1 kibibyte", 1024)]
    [InlineData("1 EB", 1_000_000_000_000_000_000)]
    public void Sizes_know_powers_of_ten_and_of_two(string text, long bytes)
    {
        Assert.True(HoconSize.TryParse(text, out var value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("-1B")]
    [InlineData("1 KB")]
    [InlineData("0.3B")]
    [InlineData("1 YiB")]
    [InlineData("lots")]
    public void What_is_no_size_is_refused(string text) => Assert.False(HoconSize.TryParse(text, out _));

    [Fact]
    public void Scalars_convert_as_the_specification_asks()
    {
        var root = Reading.Read("n = \"5\", i = 12345678901234567, big = 1e400, b = \"yes\", t = true, d = 10 days, s = 1 KiB, z = null");

        Assert.True(Scalar("n").TryInt64(out var n) && n == 5);
        Assert.True(Scalar("i").TryInt64(out var i) && i == 12345678901234567);
        Assert.False(Scalar("big").TryDouble(out _));
        Assert.True(Scalar("b").TryBoolean(out var b) && b);
        Assert.False(Scalar("t").TryDouble(out _));
        Assert.True(Scalar("d").TryDuration(out var d) && d == TimeSpan.FromDays(10));
        Assert.True(Scalar("s").TrySize(out var s) && s == 1024);
        Assert.True(Scalar("z").IsNull && !Scalar("z").TryInt64(out _) && !Scalar("z").TryBoolean(out _));

        HoconScalar Scalar(string key) => (HoconScalar)root[key];
    }
}
