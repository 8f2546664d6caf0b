namespace Cairn.Engine.Tests.Models.Onnx;

public sealed class OnnxScheduleTests
{
    [Fact]
    public void Pangu_weathers_four_networks_keep_the_newest_state_and_two_anchors()
    {
        var schedule = Of(1, 3, 6, 24);

        // 3 h networks begin at multiples of 6 h alone: every other of their ends is the 6 h network's.
        Assert.Equal(3, schedule.States);
        Assert.Equal(
            [0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 3],
            Enumerable.Range(1, 24).Select(hour => schedule.EndingAt(TimeSpan.FromHours(hour))));
        Assert.Equal([0, 1, 1, 2], Enumerable.Range(0, 4).Select(schedule.StartOf));
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 6, 12)]
    [InlineData(2, 6, 24)]
    [InlineData(3, 6, 12, 24, 48)]
    [InlineData(3, 6, 24, 72)]
    [InlineData(4, 1, 3, 9, 27)]
    public void No_more_states_are_kept_than_steps_begin_from(int expected, params int[] hours)
    {
        var schedule = Of(hours);
        Assert.Equal(expected, schedule.States);

        // What is wanted of the past at a lead time, but for the newest state, by what steps to come begin from.
        var most = Enumerable.Range(0, 4 * hours[^1]).Where(at => at % hours[0] == 0).Max(at => Enumerable.Range(1, hours[^1])
            .Select(ahead => at + ahead).Where(end => end % hours[0] == 0).Select(end => end - hours.Last(h => end % h == 0))
            .Where(start => start < at).Distinct().Count());
        Assert.Equal(expected, most + 1);
    }

    [Fact]
    public void Every_step_finds_the_state_that_it_begins_from()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var trial = 0; trial < 200; trial++)
        {
            List<int> hours = [random.Next(1, 4)];
            while (hours.Count < 5 && hours[^1] < 60)
                hours.Add(hours[^1] * random.Next(2, 5));
            var schedule = Of([.. hours]);
            // Each of the kept states by the lead time that it stands at.
            var kept = new int[schedule.States];
            for (var end = hours[0]; end <= 2 * hours[^1]; end += hours[0])
            {
                var network = schedule.EndingAt(TimeSpan.FromHours(end));
                var told = $"seed {seed}: networks of {string.Join(", ", hours)} h, a step to {end} h";
                Assert.True(hours[network] == hours.Last(h => end % h == 0), told);
                Assert.True(kept[schedule.StartOf(network)] == end - hours[network], told);
                kept = [.. kept.Select((at, place) => schedule.IsRenewed(place, TimeSpan.FromHours(end)) ? end : at)];
            }
        }
    }

    [Theory]
    [InlineData("12h as the shortest time that is covered", "a network that covers one step, model.step = 6h", 12, 24)]
    [InlineData("3h as the shortest time that is covered", "a network that covers one step, model.step = 6h", 3, 6)]
    [InlineData("two networks that cover 1d", "one for each time", 6, 24, 24)]
    [InlineData("a network that covers 15h", "a whole multiple of what the next shorter one covers, 6h", 6, 15)]
    [InlineData("a network that covers 18h", "a whole multiple of what the next shorter one covers, 12h", 6, 12, 18)]
    public void Times_that_make_no_schedule_are_told(string found, string expected, params int[] hours) => Assert.Equal(
        (found, expected), Assert.Single(OnnxSchedule.Mistakes([.. hours.Select(h => TimeSpan.FromHours(h))], TimeSpan.FromHours(6))));

    private static OnnxSchedule Of(params int[] hours) => new([.. hours.Select(h => TimeSpan.FromHours(h))]);
}
