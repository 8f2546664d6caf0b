using System.Globalization;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>The decision about a message to a run's keeper: the events are journaled first, then the rest is sent.</summary>
/// <param name="Events">In order; empty if nothing changes.</param>
public sealed record RunDecision(IReadOnlyList<JournalEvent> Events)
{
    /// <summary>No change, and nothing to send.</summary>
    public static RunDecision None { get; } = new([]);

    /// <summary>The answer to the sender.</summary>
    public object? Answer { get; init; }

    /// <summary>Messages to nodes.</summary>
    public IReadOnlyList<NodeOrder> Orders { get; init; } = [];

    /// <summary>The event for the run's watchers.</summary>
    public RunEvent? WatcherEvent { get; init; }
}

/// <summary>A message to a node.</summary>
public sealed record NodeOrder(string Node, object Message);

/// <summary>Grants a waiting batch, as <see cref="Placement"/> decided.</summary>
/// <param name="Batch">The batch, the opening or the closing.</param>
/// <param name="Shares">Where its ranks go; the first node gets the grant.</param>
public sealed record GrantBatch(MemberRange Batch, IReadOnlyList<NodeShare> Shares) : INoSerializationVerificationNeeded;

/// <summary>A node is gone, with everything it held.</summary>
/// <param name="InOrder">Whether it left in order: that is no loss.</param>
/// <param name="Cause">What happened to it, for people.</param>
public sealed record NodeGone(string Node, bool InOrder, string Cause) : INoSerializationVerificationNeeded;

/// <summary>A node reports that a grant has no supervisor any more.</summary>
public sealed record GrantBroken(MemberRange Batch, int GrantEpoch, string Cause) : INoSerializationVerificationNeeded;

/// <summary>
/// The decisions of a run's keeper: a book and a message give events, and messages to send once these are journaled. Pure and idempotent:
/// a repeated message changes nothing and gets the same answer.
/// </summary>
public static class RunDecisions
{
    /// <param name="book">The run so far.</param>
    /// <param name="command">The message to the keeper.</param>
    /// <param name="now">The time, UTC, for people.</param>
    public static RunDecision Decide(RunBook book, object command, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(book);
        return command switch
        {
            RunSubmission run => new RunDecision(book.Run is null ? [new RunSubmitted(run, now)] : []),
            GrantBatch grant => Granting.Grant(book, grant, now),
            NodeGone gone => Granting.NodeGone(book, gone, now),
            GrantBroken broken => Granting.Broken(book, broken, now),
            RequestEpoch request => Granting.Epoch(book, request, now),
            IGrantReport report => Reporting.Take(book, report, now),
            CancelRun => Commands.Cancel(book, now),
            RetryRun => Commands.Retry(book, now),
            PauseRun => Commands.Pause(book, now),
            ResumeRun => Commands.Resume(book, now),
            CommitRun => Commands.Commit(book),
            DeadlineJudged judged => new RunDecision(Deadlines.Take(book, judged, now)),
            DeadlineAlerted alerted => new RunDecision(WithEnd(book, Deadlines.Take(book, alerted, now), now)),
            _ => throw new InvalidOperationException($"{command?.GetType()} is not a message that a run's keeper handles."),
        };
    }

    /// <summary>
    /// Adds the event that ends the run, if its opening failed or was withdrawn or its closing ended, and before it the one that settles
    /// its deadline.
    /// </summary>
    internal static IReadOnlyList<JournalEvent> WithEnd(RunBook book, IReadOnlyList<JournalEvent> events, DateTimeOffset now)
    {
        var after = events.Aggregate(book, (b, e) => b.Apply(e));
        IReadOnlyList<JournalEvent> ending = !after.HasEnded && End(after, now) is { } end ? [.. events, end] : events;
        return Deadlines.BeforeEnd(book, ending, now);
    }

    private static RunClosed? End(RunBook book, DateTimeOffset now)
    {
        var opening = book.Find(RunWork.Opening)!;
        return (opening.State, book.Find(RunWork.Closing)) switch
        {
            (BatchState.Failed, _) => new RunClosed(RunState.Failed, RefusalKind.Fault, opening.Error, now),
            (BatchState.Cancelled, _) => new RunClosed(RunState.Cancelled, null, null, now),
            (_, { State: BatchState.Failed } closing) => new RunClosed(RunState.Failed, null, closing.Error, now),
            (_, { State: BatchState.Completed }) => new RunClosed(
                book.Counts.Failed > 0 ? RunState.Failed : book.Counts.Cancelled > 0 ? RunState.Cancelled : RunState.Completed,
                null, Failures(book), now),
            _ => null,
        };
    }

    /// <summary>A run's error about the batches that failed; null if none did.</summary>
    private static string? Failures(RunBook book)
    {
        var failed = book.Batches.Values.Where(b => b.IsOfMembers && b.State == BatchState.Failed).ToList();
        return failed switch
        {
            [] => null,
            [var only] => $"the batch of {only.Batch} failed: {only.Error}",
            [var first, ..] => string.Create(CultureInfo.InvariantCulture,
                $"{failed.Count} batches failed, the first of them that of {first.Batch}: {first.Error}"),
        };
    }

    // --------------------------------------------------------------------------------------------------------------- commands

    /// <summary>Users' commands to a run.</summary>
    private static class Commands
    {
        public static RunDecision Cancel(RunBook book, DateTimeOffset now)
        {
            if (book.IsCancelled || book.HasEnded)
                return Answer(book.IsCancelled ? Accepted(book) : NotNow(book, "it has ended"));

            return new RunDecision(WithEnd(book, [new RunCancelled(now)], now))
            {
                Answer = Accepted(book), Orders = Orders(book, BatchOrder.Halt, b => !b.IsClosing),
            };
        }

        public static RunDecision Retry(RunBook book, DateTimeOffset now)
        {
            if (!book.HasEnded || book.State == RunState.Completed)
            {
                return Answer(book is { HasEnded: false, WasRetried: true } ? Accepted(book)
                    : NotNow(book, "only a run that failed or was cancelled can be retried, once it has ended"));
            }

            return new RunDecision([new RunRetried(now)]) { Answer = Accepted(book) };
        }

        public static RunDecision Pause(RunBook book, DateTimeOffset now) => book switch
        {
            { HasEnded: true } => Answer(NotNow(book, "it has ended")),
            { IsCancelled: true } => Answer(NotNow(book, "it is already being cancelled")),
            { IsPaused: true } => Answer(Accepted(book)),
            _ => new RunDecision([new RunPaused(now)])
            {
                Answer = Accepted(book), Orders = Orders(book, BatchOrder.Pause, b => b.IsOfMembers),
            },
        };

        public static RunDecision Resume(RunBook book, DateTimeOffset now) => book switch
        {
            { HasEnded: true } => Answer(NotNow(book, "it has ended")),
            { IsPaused: false } => Answer(Accepted(book)),
            _ => new RunDecision([new RunResumed(now)])
            {
                Answer = Accepted(book), Orders = Orders(book, BatchOrder.Resume, b => b.IsOfMembers),
            },
        };

        public static RunDecision Commit(RunBook book)
        {
            var orders = Orders(book, BatchOrder.Commit, b => b.IsOfMembers);
            return orders.Count == 0
                ? Answer(NotNow(book, book.HasEnded ? "it has ended" : "none of its batches is active"))
                : RunDecision.None with { Answer = Accepted(book), Orders = orders };
        }

        private static RunDecision Answer(object answer) => RunDecision.None with { Answer = answer };

        private static CommandAccepted Accepted(RunBook book) => new(book.Run!.Id);

        private static NotApplicable NotNow(RunBook book, string reason) => new(book.Run!.Id, reason);

        private static List<NodeOrder> Orders(RunBook book, BatchOrder order, Predicate<BatchEntry> which) =>
        [
            .. book.Granted.Select(key => book.Batches[key]).Where(batch => which(batch))
                .Select(batch => new NodeOrder(batch.Node!, new BatchCommand(book.Run!.Id, batch.Batch, order))),
        ];
    }
}
