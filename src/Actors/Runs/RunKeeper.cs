using Akka.Pattern;
using Akka.Persistence;

namespace Cairn.Actors.Runs;

// Between a registry and its keepers, in one process.

/// <summary>Grants batches, as the placement decided.</summary>
/// <param name="Number">Counts these, from 1; <see cref="KeeperAdvanced.Placed"/> says how far they are carried out.</param>
/// <param name="Grants">The grants.</param>
internal sealed record PlaceBatches(long Number, IReadOnlyList<GrantBatch> Grants) : INoSerializationVerificationNeeded;

/// <summary>A keeper has something in its journal, has started, or has something to report.</summary>
/// <param name="Id">The run.</param>
/// <param name="Keeper">The keeper, or what brings it back.</param>
/// <param name="Book">The run, as in its journal.</param>
/// <param name="Placed">The newest <see cref="PlaceBatches"/> that is carried out.</param>
/// <param name="HasBegun">Whether it has just read its journal: earlier messages to it may be lost.</param>
/// <param name="Events">What is new in the journal.</param>
/// <param name="Orders">Messages for nodes.</param>
/// <param name="Told">Messages for watchers.</param>
internal sealed record KeeperAdvanced(
    string Id, IActorRef Keeper, RunBook Book, long Placed, bool HasBegun, IReadOnlyList<JournalEvent> Events,
    IReadOnlyList<NodeOrder> Orders, IReadOnlyList<Engine.Rollouts.RunEvent> Told) : INoSerializationVerificationNeeded;

/// <summary>A keeper has stopped; it comes back by itself unless it was told to stop.</summary>
/// <param name="Id">The run.</param>
/// <param name="Keeper">The keeper, or what brings it back.</param>
internal sealed record KeeperAway(string Id, IActorRef Keeper) : INoSerializationVerificationNeeded;

/// <summary>What a keeper works with.</summary>
/// <param name="Id">The run.</param>
/// <param name="Submission">What to begin with where the journal is empty; null for a run that has ended.</param>
/// <param name="Registry">Whom it tells.</param>
/// <param name="Time">The clock.</param>
/// <param name="Times">Pauses after failures of the journal, and when snapshots are made.</param>
internal sealed record RunKeeperSetup(string Id, RunSubmission? Submission, IActorRef Registry, TimeProvider Time, RegistryTimes Times);

/// <summary>
/// The only writer of one run's journal: <see cref="RunBook"/> applied event by event. Every message goes through
/// <see cref="RunDecisions"/>; its consequences are sent when the journal has the events, and never before. All messages that arrived while
/// the journal was writing are decided together and written at once.
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

    /// <summary>The journal of a run, for those who read it.</summary>
    public static string PersistenceIdOf(string id) => $"run-{id}";

    /// <summary>A keeper that comes back with growing pauses when its journal fails.</summary>
    public static Props Props(RunKeeperSetup setup) => BackoffSupervisor.Props(Backoff.OnStop(
        Akka.Actor.Props.Create(() => new RunKeeper(setup)), "keeper", setup.Times.FirstPause, setup.Times.LongestPause, 0.2, -1));

    protected override void PostStop()
    {
        _setup.Registry.Tell(new KeeperAway(_setup.Id, Context.Parent));
        base.PostStop();
    }

    private void OnRecovered()
    {
        if (_book.Run is null && _setup.Submission is { } submission)
        {
            Take(submission);
        }

        if (_book.Run is not null)
        {
            Advance(true, [], [], []);
        }
    }

    private void Take(object command)
    {
        _inbox.Add((command, Sender));
        if (_inbox.Count == 1)
        {
            // Behind all that is in the mailbox already.
            Self.Tell(new Decide());
        }
    }

    private void OnDecide()
    {
        var (book, answers) = (_book, new List<(IActorRef To, object Answer)>());
        List<JournalEvent> events = [];
        List<NodeOrder> orders = [];
        List<Engine.Rollouts.RunEvent> told = [];
        foreach (var (command, from) in _inbox.SelectMany(Single))
        {
            var decision = RunDecisions.Decide(book, command, _setup.Time.GetUtcNow());
            book = decision.Events.Aggregate(book, (b, e) => b.Apply(e));
            events.AddRange(decision.Events);
            orders.AddRange(decision.Orders);
            told.AddRange(decision.Told is { } happened ? [happened] : []);
            answers.AddRange(decision.Answer is { } answer ? [(from, answer)] : []);
        }

        _inbox.Clear();
        Then(events, () =>
        {
            var begun = _book.Run is null;
            _book = book;
            Advance(begun, events, orders, told);
            answers.ForEach(a => a.To.Tell(a.Answer));
            SnapshotWhenDue();
        });
    }

    /// <summary>Journals events, and does something when all are in the journal.</summary>
    private void Then(List<JournalEvent> events, Action done)
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

    /// <summary>Placements come several at once, and are acknowledged together.</summary>
    private IEnumerable<(object Command, IActorRef From)> Single((object Command, IActorRef From) told)
    {
        if (told.Command is not PlaceBatches placed)
        {
            return [told];
        }

        _placed = placed.Number;
        return placed.Grants.Select(grant => ((object)grant, told.From));
    }

    private void Advance(
        bool begun, IReadOnlyList<JournalEvent> events, IReadOnlyList<NodeOrder> orders, IReadOnlyList<Engine.Rollouts.RunEvent> told) =>
        _setup.Registry.Tell(new KeeperAdvanced(_setup.Id, Context.Parent, _book, _placed, begun, events, orders, told));

    /// <summary>As many events as it takes to write as much again as a snapshot of many batches is large.</summary>
    private void SnapshotWhenDue()
    {
        if (_sinceSnapshot >= Math.Max(_setup.Times.SnapshotEvery, _book.Batches.Count))
        {
            _sinceSnapshot = 0;
            SaveSnapshot(PackedSnapshot.Pack(_book.ToSnapshot()));
        }
    }

    private sealed record Decide : INoSerializationVerificationNeeded;
}
