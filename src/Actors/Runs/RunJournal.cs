using Akka;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Util;

namespace Cairn.Actors.Runs;

/// <summary>An event in a run's journal.</summary>
/// <param name="Number">Its sequence number, from 1 without gaps.</param>
public sealed record JournaledEvent(long Number, JournalEvent Event);

/// <summary>Reads the journals of runs, independent of their keepers.</summary>
/// <remarks>Uses the query side of the configured journal plugin. A failure is a <see cref="TransientException"/>.</remarks>
public sealed class RunJournal
{
    private readonly ActorMaterializer _materializer;
    private readonly Lazy<IReadJournal> _journal;

    /// <param name="system">The system whose settings name the journal.</param>
    public RunJournal(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        _materializer = system.Materializer();
        _journal = new(() => PersistenceQuery.Get(system).ReadJournalFor<IReadJournal>(QueryPlugin(system)));
    }

    /// <summary>The events that are in the journal now.</summary>
    /// <param name="after">Only events after this number.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<JournaledEvent> ReadAsync(string id, long after, long limit, CancellationToken cancel) => RunAsync(
        ((ICurrentEventsByPersistenceIdQuery)_journal.Value)
            .CurrentEventsByPersistenceId(RunKeeper.PersistenceIdOf(id), after + 1, long.MaxValue).Take(limit).Select(Journaled),
        cancel);

    /// <summary>The events in the journal and all later ones, without an end.</summary>
    /// <param name="after">Only events after this number.</param>
    /// <param name="beat">Yields None after so long without an event.</param>
    /// <param name="cancel">Ends it, with an exception.</param>
    public IAsyncEnumerable<Option<JournaledEvent>> FollowAsync(string id, long after, TimeSpan beat, CancellationToken cancel) => RunAsync(
        ((IEventsByPersistenceIdQuery)_journal.Value)
            .EventsByPersistenceId(RunKeeper.PersistenceIdOf(id), after + 1, long.MaxValue)
            .Select(e => Option<JournaledEvent>.Create(Journaled(e)))
            .KeepAlive(beat, () => Option<JournaledEvent>.None),
        cancel);

    private static JournaledEvent Journaled(EventEnvelope envelope) => envelope.Event is JournalEvent happened
        ? new(envelope.SequenceNr, happened)
        : throw new DataException(
            $"The journal {envelope.PersistenceId} has an entry {envelope.SequenceNr} that is not an event of a run: "
            + $"{envelope.Event?.GetType()}.");

    /// <summary>Reads with backpressure, and stops when the consumer does.</summary>
    private async IAsyncEnumerable<T> RunAsync<T>(
        Source<T, NotUsed> source, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var (end, queue) = source.SelectError(Transient).ViaMaterialized(KillSwitches.Single<T>(), Keep.Right)
            .ToMaterialized(Sink.Queue<T>(), Keep.Both).Run(_materializer);
        try
        {
            while (await queue.PullAsync().WaitAsync(cancel).ConfigureAwait(false) is { HasValue: true } next)
                yield return next.Value;
        }
        finally
        {
            end.Shutdown();
        }
    }

    private static Exception Transient(Exception error) => error is CairnException ? error
        : new TransientException($"the journal does not answer: {error.Message}", error);

    private static string QueryPlugin(ActorSystem system)
    {
        var journal = system.Settings.Config.GetString("akka.persistence.journal.plugin");
        return journal.Replace(".journal.", ".query.journal.", StringComparison.Ordinal);
    }
}
