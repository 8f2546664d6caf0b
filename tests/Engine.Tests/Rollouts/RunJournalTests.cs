namespace Cairn.Engine.Tests.Rollouts;

public sealed class RunJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-journal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_line_is_an_object_with_time_event_and_batch()
    {
        using (var journal = Open())
        {
            journal.On(new BatchStarted(3, 2, TimeSpan.FromHours(12), "commit_1") { Batch = new(0, 3) });
            journal.On(new BoundaryReached(3, TimeSpan.FromHours(18), 1) { Batch = new(0, 3) });
            journal.On(new BatchFailed("it \"broke\"\nin two") { Batch = new(0, 3) });
        }
        var lines = Lines();
        Assert.Equal(["batch restarted", "batch failed"], lines.Select(l => (string?)l["event"]));
        Assert.All(lines, line => Assert.Equal("members_000000_000003", (string?)line["batch"]));
        Assert.All(lines, line => Assert.EndsWith("+00:00", (string?)line["at"], StringComparison.Ordinal));
        Assert.Equal("it \"broke\"\nin two", (string?)lines[1]["error"]);
    }

    [Fact]
    public void A_line_torn_by_a_crash_is_closed_off_and_what_follows_is_whole()
    {
        File.WriteAllText(JournalPath, "{\"event\": \"run started\"}\n{\"event\": \"sess");
        using (var journal = Open())
        {
            journal.On(new RunWarning("after the crash"));
        }
        var lines = File.ReadAllLines(JournalPath);
        Assert.Equal("{\"event\": \"sess", lines[1]);
        Assert.Equal("after the crash", (string?)JsonNode.Parse(lines[2])!["text"]);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public void An_earlier_journal_is_appended_to()
    {
        foreach (var text in new[] { "one", "two" })
        {
            using var journal = Open();
            journal.On(new RunWarning(text));
        }
        Assert.Equal(["one", "two"], Lines().Select(l => (string?)l["text"]));
    }

    [Fact]
    public void A_journal_that_cannot_be_written_is_told_of_once_and_never_stops_the_run()
    {
        // /dev/full refuses every byte as a full disk does. The journal's error once ended the process, from the thread of the failing
        // batch.
        File.CreateSymbolicLink(JournalPath, "/dev/full");
        var warnings = new List<string>();
        using var journal = new RunJournal(_folder, TimeProvider.System, warnings.Add);
        journal.On(new RunWarning("one"));
        journal.On(new RunWarning("two"));

        var warning = Assert.Single(warnings);
        Assert.Contains(RunJournal.FileName, warning, StringComparison.Ordinal);
        Assert.Contains("No space left", warning, StringComparison.Ordinal);
    }

    private string JournalPath => Path.Combine(_folder, RunJournal.FileName);
    private RunJournal Open() => new(_folder, TimeProvider.System, warning => Assert.Fail(warning));
    private List<JsonNode> Lines() => [.. File.ReadAllLines(JournalPath).Select(line => JsonNode.Parse(line)!)];
}
