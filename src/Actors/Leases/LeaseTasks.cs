using System.Text.Encodings.Web;
using System.Text.Json;
using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>What a node works with on behalf of all its leases.</summary>
/// <param name="Ledger">The ledger.</param>
/// <param name="Node">The supervisor of this process's slots.</param>
/// <param name="Runs">The runs that are loaded.</param>
/// <param name="Time">The clock of pauses.</param>
/// <param name="Say">Tells the node's user a line.</param>
internal sealed record LeaseWork(IRunLedger Ledger, IActorRef Node, LoadedRuns Runs, TimeProvider Time, Action<string> Say);

/// <summary>What is done once a run, and how things are told to the ledger.</summary>
internal static class LeaseTasks
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Lays a run's folder out, or finds it as it was left, and tells what there is to do.</summary>
    public static LeaseEntry.Opened Open(LoadedRun run)
    {
        using var open = run.Open();
        return new LeaseEntry.Opened(new OpenedRun([.. open.Work.Select(batch => (batch.First, batch.Last))]));
    }

    /// <summary>Ends a run whose batches have all ended: draws what is committed, derives what is complete, lets its folder go.</summary>
    public static LeaseEntry? Close(LoadedRun run, ClaimedBatch claimed, IRunLedger ledger)
    {
        using var open = run.Open(closing: true);
        var batches = ledger.BatchesAsync(claimed.Lease.Batch.RunId, CancellationToken.None).GetAwaiter().GetResult();
        open.Settle([.. batches.Where(b => b is { State: BatchState.Completed, Key.First: >= 0 })
            .Select(b => new MemberRange(b.Key.First, b.Last))]);
        var failures = claimed.Failures
            .Select(f => (new MemberRange(f.First, f.Last), (Exception)new BatchFailedException(f.Error))).ToList();
        // By what they came to, and not by what was asked for: a cancel may come when all is done.
        var unfinished = batches.Any(b => b.Key.First >= 0 && b.State is not (BatchState.Completed or BatchState.Failed));
        open.Finish(0, failures, unfinished);
        open.Release();
        return null;
    }

    /// <summary>
    /// Does what may have to wait: for the ledger, for a disk, or for another process that is at the run's folder, such as a node whose
    /// lease has run out and which does not know it yet. Ends with the lease.
    /// </summary>
    /// <exception cref="OperationCanceledException">The lease was lost.</exception>
    public static T Patiently<T>(Func<T> task, LeaseWork work, CancellationToken lost)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return task();
            }
            catch (CairnException e) when (e is TransientException or FencedException && !lost.IsCancellationRequested)
            {
                if (failures == 1)
                {
                    work.Say($"waits: {e.Message}");
                }

                Task.Delay(LedgerPauses.After(failures), work.Time, lost).GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>An event as the ledger keeps it; null for what is not kept, or is kept otherwise.</summary>
    public static EventRecord? Describe(RunEvent runEvent)
    {
        // Sessions are entered as such, and how batches and runs end is the ledger's own to say.
        if (runEvent is SessionCommitted or BatchCompleted or BatchStopped or BatchFailed or RunStarted or RunEnded
            || RunEventJson.Describe(runEvent) is not { } json)
        {
            return null;
        }

        var kind = json["event"]!.GetValue<string>();
        json.Remove("event");
        return new EventRecord(kind, json.ToJsonString(Compact));
    }

    /// <summary>What an order means for a batch, for people; null where something else tells it.</summary>
    public static string? Telling(LeaseAction action) => action switch
    {
        LeaseAction.Pause => "waits: its lease cannot be renewed",
        LeaseAction.Resume => "goes on: its lease was renewed",
        LeaseAction.Abandon => "is ended: its lease is lost, or may be",
        _ => null,
    };

    /// <summary>How an attempt ended, for people.</summary>
    public static string Telling(AttemptEnd end) => end.Outcome switch
    {
        AttemptOutcome.Completed => "completed",
        AttemptOutcome.Failed => "failed",
        _ => "handed back",
    };

    /// <summary>Tells the ledger something; repeating it does no harm.</summary>
    public static Task SendAsync(IRunLedger ledger, Lease lease, LeaseEntry entry) => entry switch
    {
        LeaseEntry.Events events => ledger.RecordEventsAsync(lease, events.Records, CancellationToken.None),
        LeaseEntry.Session session => ledger.RecordSessionAsync(lease, session.Record, CancellationToken.None),
        LeaseEntry.Opened opened => ledger.OpenedAsync(lease, opened.Run, CancellationToken.None),
        LeaseEntry.Ended ended => ledger.EndAsync(lease, ended.End, CancellationToken.None),
        _ => throw new InvalidOperationException($"{entry.GetType()} is nothing that a ledger is told."),
    };
}
