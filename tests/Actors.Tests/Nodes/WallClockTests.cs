using Cairn.Actors.Nodes;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Nodes;

public sealed class WallClockTests
{
    private static readonly DateTimeOffset Started = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);
    private static readonly NodeSpec Node = new(null) { WallClockMargin = TimeSpan.FromMinutes(2) };

    [Theory]
    [InlineData("12:00:00", 12 * 3600)]
    [InlineData("0:05:00", 300)]
    [InlineData("1-00:00:00", 86_400)]
    [InlineData("2-3:04:05", (2 * 86_400) + 11_045)]
    [InlineData("100:00:00", 360_000)]
    [InlineData("00:59:59", 3_599)]
    public void The_limit_of_a_job_is_days_hours_minutes_and_seconds(string text, int seconds)
    {
        var stop = Stop(Node, ("CHM_WALLCLOCK_LIMIT", text));

        Assert.Equal((Started.AddSeconds(seconds - 120), "CHM_WALLCLOCK_LIMIT"), stop);
    }

    [Theory]
    [InlineData("CHM_WALLCLOCK_LIMIT", "12:00")]
    [InlineData("CHM_WALLCLOCK_LIMIT", "12:60:00")]
    [InlineData("CHM_WALLCLOCK_LIMIT", "12:00:60")]
    [InlineData("CHM_WALLCLOCK_LIMIT", "-1:00:00")]
    [InlineData("CHM_WALLCLOCK_LIMIT", "1-2-3:00:00")]
    [InlineData("CHM_WALLCLOCK_LIMIT", " 12:00:00")]
    [InlineData("CHM_WALLCLOCK_LIMIT", "12:00:00\n")]
    [InlineData("CHM_WALLCLOCK_LIMIT", "12:00:00.5")]
    [InlineData("CHM_WALLCLOCK_LIMIT", "٠١:00:00")]
    [InlineData("CHM_WALLCLOCK_LIMIT", "12h")]
    [InlineData("SLURM_JOB_END_TIME", "tomorrow")]
    [InlineData("SLURM_JOB_END_TIME", "-1")]
    [InlineData("SLURM_JOB_END_TIME", "1.5")]
    [InlineData("SLURM_JOB_END_TIME", "99999999999999")]
    [InlineData("SLURM_JOB_END_TIME", "99999999999999999999")]
    public void What_is_not_of_its_form_is_told_with_what_was_found(string name, string text)
    {
        var error = Assert.Throws<SpecException>(() => Stop(Node, (name, text)));

        Assert.Contains($"{name} is '{text}'", error.Message);
    }

    [Fact]
    public void Slurms_end_is_a_time_of_its_own() =>
        Assert.Equal(
            (Started.AddHours(1).AddMinutes(-2), "SLURM_JOB_END_TIME"),
            Stop(Node, ("SLURM_JOB_END_TIME", Started.AddHours(1).ToUnixTimeSeconds().ToString(null, null))));

    [Theory]
    [InlineData("00:30:00", "CHM_WALLCLOCK_LIMIT")]
    [InlineData("02:00:00", "SLURM_JOB_END_TIME")]
    public void Of_two_limits_the_earlier_one_counts(string limit, string reason) =>
        Assert.Equal(reason, Stop(
            Node, ("CHM_WALLCLOCK_LIMIT", limit),
            ("SLURM_JOB_END_TIME", Started.AddHours(1).ToUnixTimeSeconds().ToString(null, null)))?.Reason);

    [Fact]
    public void The_setting_comes_before_the_environment_whatever_that_holds()
    {
        var node = Node with { WallClockLimit = TimeSpan.FromHours(3) };

        Assert.Equal((Started.AddHours(3).AddMinutes(-2), "node.wall-clock-limit"), Stop(node, ("CHM_WALLCLOCK_LIMIT", "nonsense")));
    }

    [Fact]
    public void Without_a_limit_or_with_an_empty_one_there_is_none()
    {
        Assert.Null(Stop(Node));
        Assert.Null(Stop(Node, ("CHM_WALLCLOCK_LIMIT", ""), ("SLURM_JOB_END_TIME", "")));
    }

    [Fact]
    public void Limits_and_margins_beyond_the_calendar_end_at_its_end()
    {
        var endless = Node with { WallClockLimit = TimeSpan.MaxValue, WallClockMargin = TimeSpan.Zero };
        var early = Node with { WallClockLimit = TimeSpan.FromHours(1), WallClockMargin = TimeSpan.MaxValue };

        Assert.Equal(DateTimeOffset.MaxValue, Stop(endless)?.At);
        Assert.Equal(DateTimeOffset.MinValue, Stop(early)?.At);
    }

    private static (DateTimeOffset At, string Reason)? Stop(NodeSpec node, params (string Name, string Value)[] environment) =>
        WallClock.StopTime(node, name => environment.Where(e => e.Name == name).Select(e => e.Value).FirstOrDefault(), Started);
}
