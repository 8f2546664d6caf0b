using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>
/// What is to be told to the ledger about a batch, in order, one thing at a time: a session before what came after it, and the end of the
/// attempt last. Pure; whoever sends it says what became of it.
/// </summary>
internal sealed class LeaseOutbox
{
    private const int MostEvents = 100;
    private readonly Queue<LeaseEntry> _entries = new();
    private AttemptEnd? _end;
    private int _failures;

    /// <summary>Whether something is on its way.</summary>
    public bool IsSending { get; private set; }

    /// <summary>Whether the attempt has ended.</summary>
    public bool HasEnd => _end is not null;

    /// <summary>Failures in a row to send what comes first.</summary>
    public int Failures => _failures;

    /// <summary>Adds what comes after all that was added before.</summary>
    public void Add(LeaseEntry entry) => _entries.Enqueue(entry);

    /// <summary>The attempt has ended: nothing more is added, and this is sent last.</summary>
    public void End(AttemptEnd end) => _end ??= end;

    /// <summary>What is to be sent next; null while something is on its way, or when there is nothing.</summary>
    public LeaseEntry? Next()
    {
        if (IsSending)
        {
            return null;
        }

        var next = _entries.TryPeek(out var first)
            ? first is LeaseEntry.Events ? new LeaseEntry.Events(LeadingEvents()) : first
            : _end is { } end ? new LeaseEntry.Ended(end) : null;
        IsSending = next is not null;
        return next;
    }

    /// <summary>What was sent has arrived.</summary>
    public void Sent(LeaseEntry entry)
    {
        (IsSending, _failures) = (false, 0);
        var done = entry is LeaseEntry.Events events ? events.Records.Count : entry is LeaseEntry.Ended ? 0 : 1;
        for (var i = 0; i < done; i++)
        {
            _entries.Dequeue();
        }
    }

    /// <summary>What was sent may not have arrived; it is to be sent again after a pause.</summary>
    public void Failed() => (IsSending, _failures) = (false, _failures + 1);

    /// <summary>The ledger takes nothing more; only the end is still said, so that it can be refused.</summary>
    public void Clear() => _entries.Clear();

    private List<EventRecord> LeadingEvents() =>
        [.. _entries.TakeWhile(e => e is LeaseEntry.Events).Take(MostEvents).SelectMany(e => ((LeaseEntry.Events)e).Records)];
}

/// <summary>Something to tell the ledger about a batch.</summary>
internal abstract record LeaseEntry
{
    /// <summary>What happened; one event each when added.</summary>
    public sealed record Events(IReadOnlyList<EventRecord> Records) : LeaseEntry;

    /// <summary>A session is durable on disk.</summary>
    public sealed record Session(SessionRecord Record) : LeaseEntry;

    /// <summary>The run was opened.</summary>
    public sealed record Opened(OpenedRun Run) : LeaseEntry;

    /// <summary>The attempt has ended.</summary>
    public sealed record Ended(AttemptEnd End) : LeaseEntry;
}
