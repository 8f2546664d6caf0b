namespace Cairn.Engine.Tests.Runs;

/// <summary>What a spec says of its deadline.</summary>
public sealed class DeadlineSpecTests : IDisposable
{
    private static readonly DateTimeOffset Morning = new(2026, 1, 30, 6, 0, 0, TimeSpan.Zero);
    private readonly SpecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_has_no_deadline_unless_its_spec_says_so()
    {
        var spec = _folder.Read(SpecFolder.Whole);

        Assert.Equal(new DeadlineSpec() with { Command = spec.Deadline.Command }, spec.Deadline);
        Assert.Empty(spec.Deadline.Command);
        Assert.Null(RunSpecJson.Write(spec)["deadline"]!["at"]);
    }

    [Theory]
    [InlineData("06:15", "2026-01-30T06:15:00Z")]
    [InlineData("06:00", "2026-01-31T06:00:00Z")]
    [InlineData("05:59:30", "2026-01-31T05:59:30Z")]
    [InlineData("2026-02-01T06:15:00Z", "2026-02-01T06:15:00Z")]
    [InlineData("2026-02-01T06:15", "2026-02-01T06:15:00Z")]
    [InlineData("2026-02-01T07:15+01:00", "2026-02-01T06:15:00Z")]
    public void A_time_of_day_is_the_next_one_and_another_time_is_that(string at, string due)
    {
        var spec = _folder.Read(SpecFolder.Whole + $"ensemble.size = 50\ndeadline {{ at = \"{at}\", members = 45 }}");

        Assert.Equal(45, spec.Deadline.Members);
        Assert.Equal(DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture), spec.Deadline.At!.Next(Morning));
        var again = RunSpecJson.Read(RunSpecJson.Write(spec).ToJsonString(), "run.json").Deadline;
        Assert.Equal(spec.Deadline with { Command = again.Command }, again);
        Assert.Null(spec.Deadline.Passed(Morning, "the spec"));
    }

    [Theory]
    [InlineData("6h")]
    [InlineData("24:00")]
    [InlineData("2026-02-30T06:15:00Z")]
    [InlineData("2026-02-01")]
    [InlineData("tomorrow")]
    public void What_is_no_time_is_refused(string at) =>
        _folder.Mistake(SpecFolder.Whole + $"deadline.at = \"{at}\"", "deadline.at", "a time of day in UTC such as \"06:15\"");

    [Fact]
    public void Members_are_at_most_those_of_all_initial_times_and_at_least_one()
    {
        const string two = SpecFolder.Whole + "ensemble.size = 2\ndeadline.at = \"06:15\"\n";
        Assert.Equal(2, _folder.Read(two, "deadline.members=2").Deadline.Members);
        _folder.Mistake(two, "deadline.members", "at most ensemble.size = 2", "deadline.members=3");
        _folder.Mistake(two, "deadline.members", "at least 1", "deadline.members=0");
    }

    [Fact]
    public void Members_or_a_priority_without_a_time_are_refused()
    {
        _folder.Mistake(SpecFolder.Whole + "deadline.members = 1", "deadline.at", "a time such as \"06:15\"");
        _folder.Mistake(SpecFolder.Whole + "deadline.priority = 1", "deadline.at", "a time such as \"06:15\"");
        Assert.Equal(7, _folder.Read(SpecFolder.Whole + "deadline { at = \"06:15\", priority = 7 }").Deadline.Priority);
    }

    [Fact]
    public void Members_may_be_dropped_where_fewer_than_all_are_needed_and_there_is_one_initial_time()
    {
        const string fifty = SpecFolder.Whole + "ensemble.size = 50\ndeadline { at = \"06:15\", drop-last = true }\n";
        Assert.True(_folder.Read(fifty, "deadline.members=45").Deadline.DropLast);
        _folder.Mistake(fifty, "deadline.drop-last", "deadline.members beside it");
    }

    [Fact]
    public void Those_who_are_told_are_a_program_with_arguments_and_an_address()
    {
        const string told = SpecFolder.Whole + "deadline { at = \"06:15\", command = [page, ops], webhook = \"https://hooks.example/x\" }";
        var deadline = _folder.Read(told).Deadline;
        Assert.Equal(["page", "ops"], deadline.Command);
        Assert.Equal("https://hooks.example/x", deadline.Webhook);
        _folder.Mistake(told, "deadline.webhook", "an address such as", "deadline.webhook=\"ftp://hooks.example\"");
        _folder.Mistake(SpecFolder.Whole + "deadline.command = [page]", "deadline.at", "a time such as \"06:15\"");
    }

    [Theory]
    [InlineData("deadline.command", "command = [/bin/sh, x]")]
    [InlineData("deadline.webhook", "webhook = \"http://127.0.0.1/admin\"")]
    [InlineData("deadline.webhook", "webhook = \"https://hooks.example.org/cairn/x\"")]
    public void Whom_a_seed_would_tell_its_site_has_to_allow(string key, string setting)
    {
        var json = RunSpecJson.Write(_folder.Read(SpecFolder.Whole + $"deadline {{ at = \"06:15\", {setting} }}")).ToJsonString();
        var rules = new SubmissionRules(["/"], [])
        {
            AlertCommands = ["page"], AlertWebhooks = ["https://hooks.example/cairn/", "https://other.example"],
        };

        var refused = Assert.Throws<RunSpecException>(() => SubmittedSpec.Read(json, SpecFormat.Json, rules));
        Assert.Contains(refused.Mistakes, m => m.Key == key);
        var good = RunSpecJson.Write(_folder.Read(SpecFolder.Whole
            + "deadline { at = \"06:15\", command = [page, x], webhook = \"https://hooks.example/cairn/x\" }")).ToJsonString();
        Assert.Equal("https://hooks.example/cairn/x", SubmittedSpec.Read(good, SpecFormat.Json, rules).Deadline.Webhook);
    }

    [Fact]
    public void A_time_that_has_passed_is_told_with_the_time_that_it_is()
    {
        var spec = _folder.Read(SpecFolder.Whole + "deadline.at = \"2026-01-30T05:00Z\"");
        var mistake = Assert.Single(spec.Deadline.Passed(Morning, "the spec")!.Mistakes);

        Assert.Equal(("deadline.at", "\"2026-01-30T05:00Z\", which has passed"), (mistake.Key, mistake.Found));
        Assert.Contains("after 2026-01-30T06:00:00Z", mistake.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_deadline_is_no_difference_to_a_run_that_goes_on() => Assert.Empty(RunSpecComparison.Differences(
        _folder.Read(SpecFolder.Whole), _folder.Read(SpecFolder.Whole, "deadline.at=\"06:15\"", "deadline.members=1")));
}
