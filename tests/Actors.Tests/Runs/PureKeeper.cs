using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

/// <summary>A run's book with what was decided about it: a keeper without journal, actors and clock.</summary>
internal sealed class PureKeeper
{
    public const string Id = "winds-1";
    private readonly List<JournalEvent> _journal = [];
    private readonly List<NodeOrder> _orders = [];
    private readonly Dictionary<(MemberRange, int), long> _numbers = [];

    public PureKeeper(RunSubmission? run = null) => Decide(run ?? Submission());

    public RunBook Book { get; private set; } = RunBook.Empty;

    public IReadOnlyList<JournalEvent> Journal => _journal;

    /// <summary>What nodes were told, in order.</summary>
    public IReadOnlyList<NodeOrder> Orders => _orders;

    public static RunSubmission Submission(
        int slots = 1, int priority = 0, int quarantineAfter = 3, Requirements? requires = null, int number = 1, bool spans = false) => new(
        $"winds-{number}", number, "winds", "{}", $"/scratch/winds-{number}", priority, slots, spans, requires ?? new(false, null),
        quarantineAfter, 4, TimeSpan.FromHours(12), TimeSpan.FromMinutes(30), false, null);

    /// <summary>A run that is laid out, with batches of one member each.</summary>
    public static PureKeeper Opened(int batches, RunSubmission? run = null)
    {
        var keeper = new PureKeeper(run);
        keeper.Open([.. Enumerable.Range(0, batches).Select(i => new BatchOnDisk(new(i, i), 0))]);
        return keeper;
    }

    public object? Decide(object command)
    {
        var decision = RunDecisions.Decide(Book, command, DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(_journal.Count));
        Book = decision.Events.Aggregate(Book, (book, happened) => book.Apply(happened));
        _journal.AddRange(decision.Events);
        _orders.AddRange(decision.Orders);
        return decision.Answer;
    }

    public void Open(IReadOnlyList<BatchOnDisk> batches)
    {
        var epoch = Grant(RunWork.Opening, "a");
        Assert.IsType<ReportAcknowledged>(Decide(new OpeningReport(Book.Run!.Id, epoch, 1, batches)));
    }

    /// <summary>Grants a batch, and tells its epoch.</summary>
    public int Grant(MemberRange batch, params string[] nodes)
    {
        Decide(new GrantBatch(batch, [.. nodes.Select(n => new NodeShare(n, n, n, 1))]));
        return Book.Find(batch)!.GrantEpoch;
    }

    public int Grant(int member, params string[] nodes) => Grant(new MemberRange(member, member), nodes);

    public BatchEntry Batch(int member) => Book.Find(new(member, member))!;

    /// <summary>Reports the next thing of a grant.</summary>
    public object? Report(MemberRange batch, int epoch, RunEvent happened)
    {
        var number = _numbers[(batch, epoch)] = _numbers.GetValueOrDefault((batch, epoch)) + 1;
        return Decide(new BatchReport(Book.Run!.Id, batch, epoch, number, happened));
    }

    public object? Report(int member, int epoch, RunEvent happened) => Report(new MemberRange(member, member), epoch, happened);

    /// <summary>Grants what waits and ends it well, until the run has ended.</summary>
    public void Finish(string node = "a")
    {
        while (!Book.HasEnded)
        {
            foreach (var key in Book.Waiting)
                Complete(Book.Batches[key].Batch, Grant(Book.Batches[key].Batch, node));

            foreach (var key in Book.Granted)
                Complete(Book.Batches[key].Batch, Book.Batches[key].GrantEpoch);
        }
    }

    /// <summary>The book that the journal alone gives, as after a restart.</summary>
    public RunBook Replayed() => _journal.Aggregate(RunBook.Empty, (book, happened) => book.Apply(happened));

    public void Complete(MemberRange batch, int epoch)
    {
        if (batch == RunWork.Opening)
            Decide(new OpeningReport(Book.Run!.Id, epoch, 1, [new BatchOnDisk(new(0, 0), 0)]));
        else if (batch == RunWork.Closing)
            Decide(new ClosingReport(Book.Run!.Id, epoch, 1));
        else
            Report(batch, epoch, new BatchCompleted(1));
    }
}
