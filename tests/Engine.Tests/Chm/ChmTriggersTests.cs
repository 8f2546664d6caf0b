using Cairn.Engine.Chm;

namespace Cairn.Engine.Tests.Chm;

public sealed class ChmTriggersTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);
    private static readonly JobEnd One = new(Noon.AddHours(1), "CHM_WALLCLOCK_LIMIT");

    [Fact]
    public void A_frequency_counts_the_steps_of_this_process_and_spares_the_first() =>
        Assert.Equal([4, 8], Saved(new() { Save = true, OnFrequency = 4 }));

    [Fact]
    public void Every_step_but_the_first_is_saved_at_a_frequency_of_one() =>
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], Saved(new() { Save = true, OnFrequency = 1 }));

    [Fact]
    public void The_last_step_is_saved_even_when_it_is_the_only_one()
    {
        Assert.Equal([9], Saved(new() { Save = true, OnLast = true }));
        Assert.Equal([0], Saved(new() { Save = true, OnLast = true }, steps: 1));
        Assert.Equal([3, 6, 9], Saved(new() { Save = true, OnLast = true, OnFrequency = 3 }));
    }

    [Fact]
    public void Nothing_is_saved_without_the_master_switch() =>
        Assert.Empty(Saved(new() { OnLast = true, OnFrequency = 1, OnWallClockLimit = true }));

    [Theory]
    [InlineData(0, false)]
    [InlineData(57, false)]
    [InlineData(58, true)]
    [InlineData(61, true)]
    public void The_run_is_saved_and_stopped_two_minutes_before_its_limit(int minute, bool due)
    {
        var triggers = new ChmTriggers(new() { Save = true, OnWallClockLimit = true }, One);

        Assert.Equal(new ChmDue(due, due), triggers.After(0, false, Noon.AddMinutes(minute)));
        Assert.Equal(new ChmDue(due, false), triggers.After(5, true, Noon.AddMinutes(minute)));
    }

    [Fact]
    public void The_time_before_the_limit_is_a_setting_and_a_step_that_is_saved_anyway_stops_as_well()
    {
        var triggers = new ChmTriggers(new() { Save = true, OnWallClockLimit = true, MinutesOfWallClock = 30, OnFrequency = 2 }, One);

        Assert.Equal(new ChmDue(false, false), triggers.After(1, false, Noon.AddMinutes(29)));
        Assert.Equal(new ChmDue(true, false), triggers.After(2, false, Noon.AddMinutes(29)));
        Assert.Equal(new ChmDue(true, true), triggers.After(2, false, Noon.AddMinutes(30)));
        Assert.Equal(new ChmDue(true, true), triggers.After(3, false, Noon.AddMinutes(30)));
    }

    [Fact]
    public void A_limit_that_nobody_knows_is_refused()
    {
        var error = Assert.Throws<SpecException>(() => new ChmTriggers(new() { Save = true, OnWallClockLimit = true }, null));

        Assert.Contains("CHM_WALLCLOCK_LIMIT", error.Message, StringComparison.Ordinal);
        Assert.Null(new ChmTriggers(new() { OnWallClockLimit = true }, null).End);
    }

    private static List<int> Saved(ChmCheckpointSettings settings, int steps = 10)
    {
        var triggers = new ChmTriggers(settings, null);
        return [.. Enumerable.Range(0, steps).Where(i => triggers.After(i, i == steps - 1, Noon).Checkpoint)];
    }
}
