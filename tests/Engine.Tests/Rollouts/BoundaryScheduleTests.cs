namespace Cairn.Engine.Tests.Rollouts;

public sealed class BoundaryScheduleTests
{
    private static readonly TimeSpan SixHours = TimeSpan.FromHours(6);

    [Fact]
    public void Every_output_lies_in_one_slot_of_one_chunk_and_none_is_left_out()
    {
        foreach (var (count, every, perChunk) in Shapes())
        {
            var schedule = new BoundarySchedule(SixHours, count, 1, every, perChunk);
            var written = Enumerable.Range(0, count + 1).Where(schedule.WritesFields).ToList();

            Assert.Equal(schedule.OutputCount, written.Count);
            Assert.Equal(Enumerable.Range(0, written.Count), written.Select(schedule.OutputIndex));
            Assert.All(written, b => Assert.Equal(schedule.OutputIndex(b) % perChunk, schedule.SlotInChunk(schedule.OutputIndex(b))));
        }
    }

    [Fact]
    public void The_open_chunk_is_what_was_written_since_the_last_whole_one()
    {
        foreach (var (count, every, perChunk) in Shapes())
        {
            var schedule = new BoundarySchedule(SixHours, count, 1, every, perChunk);
            for (var boundary = -1; boundary <= count; boundary++)
            {
                var outputs = Enumerable.Range(0, boundary + 1).Count(schedule.WritesFields);
                var (first, open) = schedule.OpenChunk(boundary);

                Assert.Equal(outputs, schedule.OutputsThrough(boundary));
                Assert.Equal(outputs, first + open);
                Assert.Equal(0, first % perChunk);
                Assert.InRange(open, 0, perChunk - 1);
            }
        }
    }

    [Fact]
    public void A_lead_time_and_its_boundary_are_found_from_each_other()
    {
        var schedule = new BoundarySchedule(SixHours, 40, 12);

        Assert.All(Enumerable.Range(0, 41), b => Assert.Equal(b, schedule.BoundaryAt(schedule.LeadTime(b))));
        Assert.Null(schedule.BoundaryAt(TimeSpan.FromHours(7)));
        Assert.Null(schedule.BoundaryAt(TimeSpan.FromHours(-6)));
        Assert.Equal(41, schedule.BoundaryAt(TimeSpan.FromHours(41 * 6)));
    }

    [Fact]
    public void A_lead_time_beyond_all_counting_is_no_boundary_instead_of_an_overflow()
    {
        // A damaged or foreign catalog may hold any lead time.
        Assert.Null(new BoundarySchedule(TimeSpan.FromSeconds(1), 10, 1).BoundaryAt(TimeSpan.FromDays(10_000_000)));
    }

    [Fact]
    public void Lead_times_of_centuries_are_exact()
    {
        var every = TimeSpan.FromTicks(36_000_000_001);
        var schedule = new BoundarySchedule(every, 10_000_000, 1);

        Assert.Equal(9_999_999L * every.Ticks, schedule.LeadTime(9_999_999).Ticks);
        Assert.Equal(9_999_999, schedule.BoundaryAt(schedule.LeadTime(9_999_999)));
    }

    private static IEnumerable<(int Count, int Every, int PerChunk)> Shapes() =>
        from count in new[] { 1, 5, 12 } from every in new[] { 1, 2, 5, 13 } from perChunk in new[] { 1, 2, 3, 7 }
        select (count, every, perChunk);
}
