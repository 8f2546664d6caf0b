using System.Globalization;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>Decides about grants and their epochs. Pure.</summary>
internal static class Granting
{
    /// <summary>Grants a waiting batch, unless its run is paused.</summary>
    public static RunDecision Grant(RunBook book, GrantBatch grant, DateTimeOffset now)
    {
        if (book.Find(grant.Batch) is not { State: BatchState.Waiting } entry || book is { IsPaused: true } && !entry.IsClosing)
            return RunDecision.None;

        var granted = new BatchGranted(grant.Batch, entry.Epoch + 1, entry.Attempts.Count + 1, grant.Shares, now);
        var after = book.Apply(granted);
        return new RunDecision([granted])
        {
            Orders = [new NodeOrder(grant.Shares[0].Node, Message(after, after.Find(grant.Batch)!))],
        };
    }

    /// <summary>The grant message for a node.</summary>
    public static object Message(RunBook book, BatchEntry entry)
    {
        var run = book.Run!;
        if (entry.IsOpening)
            return new OpeningGrant(run.Id, entry.GrantEpoch, run.Spec, run.Fresh);

        if (entry.IsClosing)
        {
            var members = book.Batches.Values.Where(b => b.IsOfMembers).ToList();
            return new ClosingGrant(
                run.Id, entry.GrantEpoch, run.Spec,
                [
                    .. members.Where(b => b.State == BatchState.Failed)
                        .Select((b, i) => new BatchFailure(b.Batch, Shortened(b.Error ?? "", i))),
                ],
                [
                    .. members.Where(b => b.State is not (BatchState.Failed or BatchState.Completed or BatchState.Dropped))
                        .Select(b => b.Batch),
                ],
                members.Sum(b => b.Steps))
            {
                Members = members.FirstOrDefault(b => b.State == BatchState.Dropped)?.Batch.First,
            };
        }

        return new Grant(run.Id, entry.Batch, entry.GrantEpoch, run.Spec, entry.Newest, book.IsPaused)
        {
            Hosts = entry.Shares.Length > 1 ? [.. entry.Shares.Select(s => new HostSlots(s.Host, s.Slots))] : [],
        };
    }

    /// <summary>The closing must fit into a message, however many batches failed.</summary>
    private static string Shortened(string error, int earlier)
    {
        const int MaxErrors = 100, MaxLength = 1000;
        return earlier >= MaxErrors ? "" : error.Length <= MaxLength ? error : $"{error[..MaxLength]}…";
    }

    /// <summary>The epoch of a grant's next gang. A repeated request gets the same one: it names the highest known epoch.</summary>
    public static RunDecision Epoch(RunBook book, RequestEpoch request, DateTimeOffset now)
    {
        if (book.Find(request.Batch) is not { } entry || !entry.IsHeldUnder(request.GrantEpoch))
            return RunDecision.None with { Answer = Withdrawn(book, request.RunId, request.Batch, request.GrantEpoch) };

        if (request.Above < entry.Epoch)
            return RunDecision.None with { Answer = new EpochGranted(request.RunId, request.Batch, entry.Epoch) };

        var epoch = request.Above + 1;
        return new RunDecision([new AttemptBegun(request.Batch, epoch, entry.Attempts.Count + 1, entry.LastFailure, now)])
        {
            Answer = new EpochGranted(request.RunId, request.Batch, epoch),
        };
    }

    /// <summary>A lost node's batches wait again, or are quarantined after too many losses.</summary>
    public static RunDecision NodeGone(RunBook book, NodeGone gone, DateTimeOffset now)
    {
        List<JournalEvent> events = [];
        List<NodeOrder> orders = [];
        foreach (var entry in book.GrantedTo(gone.Node))
        {
            events.AddRange(Ended(book, entry, gone.InOrder ? AttemptOutcome.HandedBack : AttemptOutcome.Lost, gone.Cause, now));
            if (entry.Node != gone.Node)
            {
                var reason = $"ranks of it were on {gone.Node}: {gone.Cause}";
                orders.Add(new NodeOrder(entry.Node!, new GrantWithdrawn(book.Run!.Id, entry.Batch, entry.GrantEpoch, reason)));
            }
        }

        return new RunDecision(RunDecisions.WithEnd(book, events, now)) { Orders = orders };
    }

    /// <summary>A grant without a supervisor counts as lost with its node.</summary>
    public static RunDecision Broken(RunBook book, GrantBroken broken, DateTimeOffset now) =>
        book.Find(broken.Batch) is { } entry && entry.IsHeldUnder(broken.GrantEpoch)
            ? new RunDecision(RunDecisions.WithEnd(book, Ended(book, entry, AttemptOutcome.Lost, broken.Cause, now), now))
            : RunDecision.None;

    /// <summary>The answer to a report under a grant that is no longer valid.</summary>
    public static GrantWithdrawn Withdrawn(RunBook book, string runId, MemberRange batch, int grantEpoch)
    {
        var reason = book.Find(batch) switch
        {
            null => "there is no such batch",
            { State: BatchState.Granted } entry => string.Create(CultureInfo.InvariantCulture,
                $"{entry.Node} has it, under epoch {entry.GrantEpoch}"),
            { State: BatchState.Waiting } => "it waits for a node again",
            { State: BatchState.Cancelled } => "its run was cancelled",
            { State: BatchState.Dropped } => "it was dropped for its run's deadline",
            _ => "it has ended",
        };
        return new GrantWithdrawn(runId, batch, grantEpoch, reason);
    }

    private static List<JournalEvent> Ended(RunBook book, BatchEntry entry, AttemptOutcome outcome, string cause, DateTimeOffset now)
    {
        List<JournalEvent> events = [new AttemptEnded(entry.Batch, entry.LastReport, outcome, cause, 0, now)];
        var losses = entry.Losses + 1;
        if (outcome == AttemptOutcome.Lost && losses >= book.Run!.QuarantineAfter)
            events.Add(new BatchQuarantined(entry.Batch, losses, Quarantined(losses, entry.Node!), now));

        return events;
    }

    private static string Quarantined(int losses, string node) => losses == 1
        ? $"quarantined after a node was lost with it ({node}). Look at its events, then retry the run."
        : string.Create(CultureInfo.InvariantCulture,
            $"quarantined after {losses} nodes in a row were lost with it without a session in between, the last of them {node}. Look "
            + $"at its events, then retry the run.");
}
