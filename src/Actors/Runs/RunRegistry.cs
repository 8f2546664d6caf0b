using System.Globalization;
using Akka.Pattern;
using Akka.Persistence;
using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Runs;

/// <summary>
/// The one registry of runs: takes them as messages, has a <see cref="RunKeeper"/> for each that has not ended, knows the nodes, and has
/// <see cref="Placement"/> say which waiting batch goes where. Its own journal keeps which runs there are; all else it learns from its
/// keepers and from the nodes. Its messages are in <c>RunMessages.cs</c>, <c>NodeMessages.cs</c> and <c>GrantMessages.cs</c>.
/// </summary>
public sealed partial class RunRegistry : ReceivePersistentActor, IWithTimers
{
    /// <summary>Names the registry's own journal.</summary>
    internal const string JournalId = "runs";

    private const string SpecName = "the spec";

    private readonly Dictionary<string, ActiveRun> _active = new(StringComparer.Ordinal);
    private readonly RunIndex _index = new();
    private readonly RegistrySetup _setup;
    private readonly long _begunAt;
    private readonly string _incarnation;
    private bool _isToPlace;
    private long _keepers, _grants, _reports, _snapshotAt;

    public RunRegistry(RegistrySetup setup)
    {
        _setup = setup;
        _begunAt = setup.Time.GetTimestamp();
        _incarnation = string.Create(
            CultureInfo.InvariantCulture, $"{setup.Time.GetUtcNow().ToUnixTimeMilliseconds()}-{Self.Path.Uid}");
        Recover<SnapshotOffer>(OnOffered);
        Recover<RegistryEvent>(_index.Apply);
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<SubmitRun>(OnSubmit);
        Command<CheckSpec>(OnCheck);
        Command<SpecRead>(OnSpecRead);
        Command<KeeperAdvanced>(OnAdvanced);
        Command<KeeperAway>(away =>
        {
            if (Of(away.Id, away.Keeper) is { } run)
            {
                run.Away();
                AnswerAsked(run);
            }
        });
        Command<PlaceNow>(_ => Place());
        Command<AlertEnded>(OnAlertEnded);
        Command<CancelRun>(command => OnCommand(command.Id, command));
        Command<RetryRun>(OnRetry);
        Command<PauseRun>(command => OnCommand(command.Id, command));
        Command<ResumeRun>(command => OnCommand(command.Id, command));
        Command<CommitRun>(command => OnCommand(command.Id, command));
        Command<SaveSnapshotSuccess>(saved => DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1)));
        Command<SaveSnapshotFailure>(failed => Log.Warning("no snapshot of the registry: {0}", failed.Cause.Message));
        Command<DeleteSnapshotsSuccess>(static _ => { });
        Command<DeleteSnapshotsFailure>(static _ => { });
        Reports();
        Nodes();
        Questions();
        Measures();
    }

    public override string PersistenceId => JournalId;

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _setup.Time.GetElapsedTime(0);

    /// <summary>A registry that comes back with growing pauses when its journal fails.</summary>
    public static Props Props(RegistrySetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return BackoffSupervisor.Props(Backoff.OnStop(
            Akka.Actor.Props.Create(() => new RunRegistry(setup)), "registry", setup.Times.FirstPause, setup.Times.LongestPause, 0.2, -1));
    }

    private void OnOffered(SnapshotOffer offer)
    {
        _snapshotAt = offer.Metadata.SequenceNr;
        _index.Restore(PackedSnapshot.Unpack<RunIndexSnapshot>(offer.Snapshot)
            ?? throw new DataException($"The snapshot is not one of the registry: it is a {offer.Snapshot.GetType()}."));
    }

    private void OnRecovered()
    {
        foreach (var entry in _index.Active.ToList())
        {
            Keep(entry);
        }

        Timers.StartPeriodicTimer("look", new Look(), _setup.Times.Look, _setup.Times.Look);
        Context.ActorOf(RegistryStarts.Props(_setup.Time), "starts");
        Log.Info("the registry of runs has started: {0} runs, {1} of which have not ended", _index.All.Count, _active.Count);
    }

    // ------------------------------------------------------------------------------------------------------------- submitting

    /// <summary>Reading looks at the disk: whether inputs are there, and where links lead.</summary>
    private void OnSubmit(SubmitRun submit)
    {
        var (rules, from) = (_setup.Rules, Sender);
        OwnThread.Run(() => Find(submit, rules)).PipeTo(
            Self, success: found => new SpecRead(submit, found.Spec, null, from) { IsBegun = found.IsBegun },
            failure: error => new SpecRead(submit, null, error, from));
    }

    private void OnCheck(CheckSpec check)
    {
        var (rules, now) = (_setup.Rules, _setup.Time.GetUtcNow());
        OwnThread.Run(() => Check(check, rules, now)).PipeTo(
            Sender, Self, success: spec => new SpecChecked(spec.Name, RunSpecJson.Write(spec).ToJsonString()), failure: Refusals.Of);
    }

    private static RunSpec Read(string spec, SpecFormat format, SubmissionRules? rules) =>
        rules is null ? RunSpecJson.Read(spec, SpecName) : SubmittedSpec.Read(spec, format, rules);

    private void OnSpecRead(SpecRead read)
    {
        if (read.Spec is not { } spec)
        {
            read.From.Tell(Refusals.Of(read.Error!));
            return;
        }

        var number = _index.NextNumber;
        var id = string.Create(CultureInfo.InvariantCulture, $"{spec.Name}-{number}");
        var now = _setup.Time.GetUtcNow();
        var run = RunSubmission.Of(spec, id, number, read.Submit.Fresh, read.Submit.IdempotencyKey) with
        {
            Deadline = DeadlineGoal.Of(spec, now),
        };
        if (_index.Answer(run.CheckpointPath, RunIndex.Digest(run.Spec), run.IdempotencyKey) is { } answer)
        {
            read.From.Tell(answer);
            return;
        }

        if (!read.IsBegun && spec.Deadline.Passed(now, SpecName) is { } passed)
        {
            read.From.Tell(Refusals.Of(passed));
            return;
        }

        KeepEvent(new RunEntered(run, now), entered =>
        {
            _index.Apply(entered);
            var active = Keep(_index.Find(id)!);
            if (read.Submit.Watch)
            {
                Watch(active, read.From);
            }

            Log.About(id).Info("run {0} was submitted", id);
            read.From.Tell(new RunAccepted(id, IsNew: true));
        });
    }

    // ---------------------------------------------------------------------------------------------------------------- keepers

    private ActiveRun Keep(RunIndexEntry entry)
    {
        var setup = new RunKeeperSetup(entry.Id, entry.Run, Self, _setup.Time, _setup.Times);
        return _active[entry.Id] = new ActiveRun(entry.Id, Start(setup));
    }

    /// <summary>Under a name of its own: the last keeper of a run may still be on its way out.</summary>
    private IActorRef Start(RunKeeperSetup setup) => Context.ActorOf(
        RunKeeper.Props(setup), string.Create(CultureInfo.InvariantCulture, $"{RunKeeper.PersistenceIdOf(setup.Id)}+{++_keepers}"));

    private ActiveRun? Of(string id, IActorRef keeper) =>
        _active.TryGetValue(id, out var run) && run.Keeper.Equals(keeper) ? run : null;

    private void OnAdvanced(KeeperAdvanced advanced)
    {
        if (Of(advanced.Id, advanced.Keeper) is not { } run)
        {
            OnRead(advanced);
            return;
        }

        run.Advanced(advanced, Now);
        AnswerAsked(run);
        run.IsReturning &= advanced.Book.HasEnded;
        foreach (var (node, message) in advanced.Orders)
        {
            TellNode(node, message);
        }

        if (advanced.HasBegun)
        {
            Remind(run.Id, advanced.Book);
        }

        LogEvents(advanced);
        Alert(run, advanced.HasBegun);
        advanced.Told.ToList().ForEach(happened => Tell(run, happened));
        if (run.IsReturning)
        {
            // One that came back may have lost what it was told.
            run.Keeper.Tell(new RetryRun(run.Id), ActorRefs.NoSender);
        }
        else if (advanced.Book.HasEnded)
        {
            Leave(run, advanced.Book);
        }

        PlaceSoon();
    }

    /// <summary>A run that has ended leaves memory; what there is of it stays in the journals.</summary>
    private void Leave(ActiveRun run, RunBook book)
    {
        if (run.IsLeaving)
        {
            return;
        }

        run.IsLeaving = true;
        KeepEvent(new RunLeft(book.ToRow(), book.Refusal, _setup.Time.GetUtcNow()), left =>
        {
            _index.Apply(left);
            KeepFigures(run, book);
            _active.Remove(run.Id);
            Context.Stop(run.Keeper);
            Cache(book);
            Finished(run, book);
            Log.About(run.Id).Info("run {0} {1}{2}", run.Id, Word(book.State), book.Error is { } error ? $": {error}" : "");
            SnapshotWhenDue();
        });
    }

    /// <summary>As many events as it takes to write as much again as a snapshot of many runs is large.</summary>
    private void SnapshotWhenDue()
    {
        if (LastSequenceNr - _snapshotAt >= Math.Max(_setup.Times.SnapshotEvery, _index.All.Count))
        {
            _snapshotAt = LastSequenceNr;
            SaveSnapshot(PackedSnapshot.Pack(_index.ToSnapshot()));
        }
    }

    private void OnCommand(string id, object command)
    {
        if (_active.TryGetValue(id, out var run))
        {
            if (run.IsAway)
            {
                Sender.Tell(new RegistryAway($"the journal of {id} does not answer"));
            }
            else
            {
                run.Keeper.Forward(command);
            }
        }
        else
        {
            Sender.Tell(_index.Find(id) is { Row: { } row } ? RunIndex.AnswerEnded(row, command)! : new NoSuchRun(id));
        }
    }

    private void OnRetry(RetryRun retry)
    {
        if (_active.ContainsKey(retry.Id) || _index.Find(retry.Id) is not { Row: { } row } entry
            || RunIndex.AnswerEnded(row, retry) is not null)
        {
            OnCommand(retry.Id, retry);
        }
        else if (_index.OnPath(entry.CheckpointPath) is { } other)
        {
            Sender.Tell(new NotApplicable(retry.Id, $"its folder belongs to {other.Id} until that has ended"));
        }
        else
        {
            var from = Sender;
            KeepEvent(new RunReturned(retry.Id, _setup.Time.GetUtcNow()), returned =>
            {
                _index.Apply(returned);
                var run = Keep(_index.Find(retry.Id)!);
                run.IsReturning = true;
                run.Keeper.Tell(retry, from);
            });
        }
    }

    // -------------------------------------------------------------------------------------------------------------- placement

    /// <summary>Once for all that is in the mailbox by now.</summary>
    private void PlaceSoon()
    {
        if (!_isToPlace)
        {
            _isToPlace = true;
            Self.Tell(new PlaceNow());
        }
    }

    private void Place()
    {
        _isToPlace = false;
        var books = _active.Values.Where(r => r is { IsAway: false, IsLeaving: false }).Select(r => r.Expected).OfType<RunBook>().ToList();
        var rooms = _nodes.Rooms(_active.Values.Select(r => r.Expected).OfType<RunBook>());
        foreach (var placed in Placement.Place(books, rooms).GroupBy(p => p.RunId))
        {
            var run = _active[placed.Key];
            run.Keeper.Tell(run.Place([.. placed.Select(p => p.Grant)], _setup.Time.GetUtcNow()));
        }
    }

    private sealed record SpecRead(SubmitRun Submit, RunSpec? Spec, Exception? Error, IActorRef From) : INoSerializationVerificationNeeded
    {
        /// <summary>Whether its folder has the run already, and it goes on.</summary>
        public bool IsBegun { get; init; }
    }

    private sealed record PlaceNow : INoSerializationVerificationNeeded;

    private sealed record Look : INoSerializationVerificationNeeded;

    /// <summary>A run that has not ended, as the registry sees it.</summary>
    private sealed class ActiveRun(string id, IActorRef keeper)
    {
        private readonly List<(long Number, JournalEvent Granted)> _placed = [];
        private long _number;

        public string Id => id;

        public IActorRef Keeper => keeper;

        /// <summary>The run as its journal has it; null until that is read.</summary>
        public RunBook? Book { get; private set; }

        /// <summary>The same with the grants that the keeper is about to journal.</summary>
        public RunBook? Expected { get; private set; }

        public bool IsAway { get; private set; }

        public bool IsLeaving { get; set; }

        /// <summary>It had ended, and is about to be retried.</summary>
        public bool IsReturning { get; set; }

        public RunPaceMeter Pace { get; } = new();

        public SessionTimes Sessions { get; } = new();

        /// <summary>Since when its deadline looks otherwise than the journal has it; null where it does not.</summary>
        public DateTimeOffset? DoubtedSince { get; set; }

        /// <summary>The alert that is on its way, or was the last.</summary>
        public int Alerting { get; set; }

        /// <summary>What became of it; null while it is on its way.</summary>
        public DeadlineAlerted? Alerted { get; set; }

        public HashSet<IActorRef> Watchers { get; } = [];

        /// <summary>What was asked before its journal was read.</summary>
        public List<(object Question, IActorRef From)> Asked { get; } = [];

        public void Advanced(KeeperAdvanced advanced, TimeSpan now)
        {
            IsAway = false;
            Book = advanced.Book;
            _placed.RemoveAll(p => advanced.HasBegun || p.Number <= advanced.Placed);
            Expected = _placed.Aggregate(Book, (book, placed) => Add(book, placed.Granted));
            foreach (var happened in advanced.Events)
            {
                Sessions.Heard(happened, now);
                Pace.Heard(happened);
            }
        }

        public void Away() => IsAway = true;

        public PlaceBatches Place(IReadOnlyList<GrantBatch> grants, DateTimeOffset now)
        {
            _number++;
            foreach (var grant in grants)
            {
                _placed.Add((_number, new BatchGranted(grant.Batch, 0, 0, grant.Shares, now)));
                Expected = Add(Expected!, _placed[^1].Granted);
            }

            return new PlaceBatches(_number, grants);
        }

        private static RunBook Add(RunBook book, JournalEvent granted) =>
            book.Find(((BatchGranted)granted).Batch) is { State: BatchState.Waiting } ? book.Apply(granted) : book;
    }
}
