using Akka.Pattern;
using Akka.Persistence;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

// Between the registry and its keepers, in one process.

/// <summary>Grants batches, as <see cref="Placement"/> decided.</summary>
/// <param name="Number">Counts these messages, from 1; <see cref="KeeperAdvanced.Placed"/> acknowledges them.</param>
internal sealed record PlaceBatches(long Number, IReadOnlyList<GrantBatch> Grants) : INoSerializationVerificationNeeded;

/// <summary>A keeper has journaled events, has started, or has something to report.</summary>
/// <param name="Keeper">The keeper's backoff supervisor.</param>
/// <param name="Placed">The newest <see cref="PlaceBatches"/> that is carried out.</param>
/// <param name="HasBegun">Whether it has just read its journal: earlier messages to it may be lost.</param>
/// <param name="Events">What is new in the journal.</param>
/// <param name="Orders">Messages for nodes.</param>
internal sealed record KeeperAdvanced(
    string Id, IActorRef Keeper, RunBook Book, long Placed, bool HasBegun, IReadOnlyList<JournalEvent> Events,
    IReadOnlyList<NodeOrder> Orders, IReadOnlyList<RunEvent> WatcherEvents) : INoSerializationVerificationNeeded;

/// <summary>A keeper has stopped; its backoff supervisor restarts it, unless that was stopped, too.</summary>
internal sealed record KeeperStopped(string Id, IActorRef Keeper) : INoSerializationVerificationNeeded;

/// <param name="Submission">What to start with if the journal is empty; null for a run that has ended.</param>
internal sealed record RunKeeperSetup(string Id, RunSubmission? Submission, IActorRef Registry, TimeProvider Time, RegistryTimes Times);

/// <summary>
/// The only writer of one run's journal. <see cref="RunDecisions"/> decides about every message; its consequences are sent once the journal
/// has the events, never before. Messages that arrive while the journal is writing are decided and written together.
/// </summary>
internal sealed class RunKeeper : ReceivePersistentActor
{
    private readonly List<(object Command, IActorRef From)> _inbox = [];
    private readonly RunKeeperSetup _setup;
    private RunBook _book = RunBook.Empty;
    private long _placed;
    private long _sinceSnapshot;

    public RunKeeper(RunKeeperSetup setup)
    {
        _setup = setup;
        PersistenceId = PersistenceIdOf(setup.Id);
        Recover<SnapshotOffer>(offer => _book = PackedSnapshot.Unpack<RunBookSnapshot>(offer.Snapshot) is { } kept
            ? RunBook.Of(kept)
            : throw new DataException($"The snapshot of {PersistenceId} is not that of a run: it is a {offer.Snapshot.GetType()}."));
        Recover<JournalEvent>(happened =>
        {
            _book = _book.Apply(happened);
            _sinceSnapshot++;
        });
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<Decide>(_ => OnDecide());
        Command<SaveSnapshotSuccess>(saved => DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1)));
        Command<SaveSnapshotFailure>(failed => Log.Warning("no snapshot of {0}: {1}", PersistenceId, failed.Cause.Message));
        Command<DeleteSnapshotsSuccess>(static _ => { });
        Command<DeleteSnapshotsFailure>(static _ => { });
        CommandAny(Take);
    }

    public override string PersistenceId { get; }

    public static string PersistenceIdOf(string id) => $"run-{id}";

    /// <summary>A keeper that restarts with a backoff when its journal fails.</summary>
    public static Props Props(RunKeeperSetup setup) => BackoffSupervisor.Props(Backoff.OnStop(
        Akka.Actor.Props.Create(() => new RunKeeper(setup)), "keeper", setup.Times.FirstPause, setup.Times.LongestPause, 0.2, -1));

    protected override void PostStop()
    {
        _setup.Registry.Tell(new KeeperStopped(_setup.Id, Context.Parent));
        base.PostStop();
    }

    private void OnRecovered()
    {
        if (_book.Run is null && _setup.Submission is { } submission)
            Take(submission);

        if (_book.Run is not null)
            Advance(true, [], [], []);
    }

    private void Take(object command)
    {
        _inbox.Add((command, Sender));
        if (_inbox.Count == 1)
        {
            // After the messages that are in the mailbox already.
            Self.Tell(new Decide());
        }
    }

    private void OnDecide()
    {
        var (book, answers) = (_book, new List<(IActorRef To, object Answer)>());
        List<JournalEvent> events = [];
        List<NodeOrder> orders = [];
        List<RunEvent> watcherEvents = [];
        foreach (var (command, from) in _inbox.SelectMany(Split))
        {
            var decision = RunDecisions.Decide(book, command, _setup.Time.GetUtcNow());
            book = decision.Events.Aggregate(book, (b, e) => b.Apply(e));
            events.AddRange(decision.Events);
            orders.AddRange(decision.Orders);
            watcherEvents.AddRange(decision.WatcherEvent is { } happened ? [happened] : []);
            answers.AddRange(decision.Answer is { } answer ? [(from, answer)] : []);
        }

        _inbox.Clear();
        PersistEvents(events, () =>
        {
            var begun = _book.Run is null;
            _book = book;
            Advance(begun, events, orders, watcherEvents);
            answers.ForEach(a => a.To.Tell(a.Answer));
            SnapshotIfDue();
        });
    }

    private void PersistEvents(List<JournalEvent> events, Action done)
    {
        if (events.Count == 0)
        {
            done();
            return;
        }

        var (left, asked) = (events.Count, _setup.Time.GetTimestamp());
        PersistAll(events, _ =>
        {
            _sinceSnapshot++;
            if (--left == 0)
            {
                RegistryMeter.Wrote(_setup.Time.GetElapsedTime(asked), isOfRun: true);
                done();
            }
        });
    }

    /// <summary>A placement has several grants, and is acknowledged as a whole.</summary>
    private IEnumerable<(object Command, IActorRef From)> Split((object Command, IActorRef From) message)
    {
        if (message.Command is not PlaceBatches placed)
            return [message];

        _placed = placed.Number;
        return placed.Grants.Select(grant => ((object)grant, message.From));
    }

    private void Advance(
        bool begun, IReadOnlyList<JournalEvent> events, IReadOnlyList<NodeOrder> orders, IReadOnlyList<RunEvent> watcherEvents) =>
        _setup.Registry.Tell(new KeeperAdvanced(_setup.Id, Context.Parent, _book, _placed, begun, events, orders, watcherEvents));

    /// <summary>At least as many events between two snapshots as a snapshot has batches.</summary>
    private void SnapshotIfDue()
    {
        if (_sinceSnapshot >= Math.Max(_setup.Times.SnapshotEvery, _book.Batches.Count))
        {
            _sinceSnapshot = 0;
            SaveSnapshot(PackedSnapshot.Pack(_book.ToSnapshot()));
        }
    }

    private sealed record Decide : INoSerializationVerificationNeeded;
}
