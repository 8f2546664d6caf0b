using System.Globalization;
using Akka.Pattern;
using Akka.Persistence;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Runs;

/// <summary>
/// The registry of runs: accepts them as messages, has a <see cref="RunKeeper"/> for each that has not ended, tracks the nodes, and lets
/// <see cref="Placement"/> decide which waiting batch goes where. Its own journal lists the runs; everything else it learns from keepers
/// and nodes. Its messages are in <c>RunMessages.cs</c>, <c>NodeMessages.cs</c> and <c>GrantMessages.cs</c>.
/// </summary>
public sealed partial class RunRegistry : ReceivePersistentActor, IWithTimers
{
    /// <summary>Names the registry's own journal.</summary>
    internal const string JournalId = "runs";

    private const string SpecName = "the spec";

    private readonly Dictionary<string, ActiveRun> _active = new(StringComparer.Ordinal);
    private readonly RunIndex _index = new();
    private readonly RegistrySetup _setup;
    private readonly TimeSpan _startedAt;
    private readonly string _incarnation;
    private bool _placementIsDue;
    private long _keepers, _grants, _reports, _snapshotAt;

    public RunRegistry(RegistrySetup setup)
    {
        _setup = setup;
        _startedAt = Now;
        _incarnation = string.Create(
            CultureInfo.InvariantCulture, $"{setup.Time.GetUtcNow().ToUnixTimeMilliseconds()}-{Self.Path.Uid}");
        Recover<SnapshotOffer>(OnSnapshotOffer);
        Recover<RegistryEvent>(_index.Apply);
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<SubmitRun>(OnSubmit);
        Command<CheckSpec>(OnCheck);
        Command<SpecRead>(OnSpecRead);
        Command<KeeperAdvanced>(OnAdvanced);
        Command<KeeperStopped>(OnKeeperStopped);
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
        Nodes();
        Questions();
        RegistryMeter.Begin();
    }

    public override string PersistenceId => JournalId;

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _setup.Time.GetElapsedTime(0);

    private DateTimeOffset UtcNow => _setup.Time.GetUtcNow();

    /// <summary>A registry that restarts with a backoff when its journal fails.</summary>
    public static Props Props(RegistrySetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return BackoffSupervisor.Props(Backoff.OnStop(
            Akka.Actor.Props.Create(() => new RunRegistry(setup)), "registry", setup.Times.FirstPause, setup.Times.LongestPause, 0.2, -1));
    }

    private void OnSnapshotOffer(SnapshotOffer offer)
    {
        _snapshotAt = offer.Metadata.SequenceNr;
        _index.Restore(offer);
    }

    private void OnRecovered()
    {
        foreach (var entry in _index.Active.ToList())
            StartKeeper(entry);

        Timers.StartPeriodicTimer("check", new Check(), _setup.Times.CheckInterval, _setup.Times.CheckInterval);
        Context.ActorOf(RegistryStarts.Props(_setup.Time), "starts");
        Log.Info("the registry of runs has started: {0} runs, {1} of which have not ended", _index.All.Count, _active.Count);
    }

    /// <summary>Journals an event, and measures how long that takes.</summary>
    private void PersistEvent<T>(T happened, Action<T> then)
        where T : RegistryEvent
    {
        var asked = Now;
        Persist(happened, journaled =>
        {
            RegistryMeter.Wrote(Now - asked, isOfRun: false);
            then(journaled);
        });
    }

    // ------------------------------------------------------------------------------------------------------------- submitting

    /// <summary>Reading a spec waits for the disk: it checks that input files exist, and follows links.</summary>
    private void OnSubmit(SubmitRun submit)
    {
        var (rules, from) = (_setup.Rules, Sender);
        OwnThread.Run(() =>
        {
            var spec = Read(submit.Spec, submit.Format, rules);
            return new SpecRead(submit, spec, null, from) { IsBegun = !submit.Fresh && IsBegun(spec) };
        }).PipeTo(Self, success: read => read, failure: error => new SpecRead(submit, null, error, from));
    }

    private void OnCheck(CheckSpec check)
    {
        var (rules, now) = (_setup.Rules, UtcNow);
        OwnThread.Run(() =>
        {
            var spec = Read(check.Spec, check.Format, rules);
            return spec.Deadline.Passed(now, SpecName) is { } passed && !IsBegun(spec) ? throw passed : spec;
        }).PipeTo(
            Sender, Self, success: spec => new SpecChecked(spec.Name, RunSpecJson.Write(spec).ToJsonString()),
            failure: RefusalErrors.ToRefusal);
    }

    private static RunSpec Read(string spec, SpecFormat format, SubmissionRules? rules) =>
        rules is null ? RunSpecJson.Read(spec, SpecName) : SubmittedSpec.Read(spec, format, rules);

    /// <summary>A run that continues may have a deadline that has passed since it began.</summary>
    private static bool IsBegun(RunSpec spec) => PathFound.IsFile(Path.Combine(spec.Checkpoint.Path, RunRecord.FileName));

    private void OnSpecRead(SpecRead read)
    {
        if (read.Spec is not { } spec)
        {
            read.From.Tell(RefusalErrors.ToRefusal(read.Error!));
            return;
        }

        var (number, now) = (_index.NextNumber, UtcNow);
        var id = string.Create(CultureInfo.InvariantCulture, $"{spec.Name}-{number}");
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
            read.From.Tell(RefusalErrors.ToRefusal(passed));
            return;
        }

        PersistEvent(new RunEntered(run, now), entered =>
        {
            _index.Apply(entered);
            var active = StartKeeper(_index.Find(id)!);
            if (read.Submit.Watch)
                Watch(active, read.From);

            Log.About(id).Info("run {0} was submitted", id);
            read.From.Tell(new RunAccepted(id, IsNew: true));
        });
    }

    // ---------------------------------------------------------------------------------------------------------------- keepers

    private ActiveRun StartKeeper(RunIndexEntry entry) =>
        _active[entry.Id] = new ActiveRun(entry.Id, StartKeeper(entry.Id, entry.Run));

    /// <summary>The actor's name is unique: the last keeper of the run may still be stopping.</summary>
    private IActorRef StartKeeper(string run, RunSubmission? submission) => Context.ActorOf(
        RunKeeper.Props(new RunKeeperSetup(run, submission, Self, _setup.Time, _setup.Times)),
        string.Create(CultureInfo.InvariantCulture, $"{RunKeeper.PersistenceIdOf(run)}+{++_keepers}"));

    private ActiveRun? Find(string id, IActorRef keeper) =>
        _active.TryGetValue(id, out var run) && run.Keeper.Equals(keeper) ? run : null;

    private void OnKeeperStopped(KeeperStopped stopped)
    {
        if (Find(stopped.Id, stopped.Keeper) is { } run)
        {
            run.Unavailable();
            AnswerQuestions(run);
        }
    }

    private void OnAdvanced(KeeperAdvanced advanced)
    {
        if (Find(advanced.Id, advanced.Keeper) is not { } run)
        {
            OnEndedRunRead(advanced);
            return;
        }

        run.Advanced(advanced, Now);
        AnswerQuestions(run);
        run.IsReturning &= advanced.Book.HasEnded;
        foreach (var (node, message) in advanced.Orders)
            TellNode(node, message);

        if (advanced.HasBegun)
            ReconcileNodes(run.Id, advanced.Book);

        foreach (var happened in advanced.Events)
        {
            Count(happened);
            RunLog.Event(Log, advanced.Id, advanced.Book, happened);
        }

        SendAlert(run, advanced.HasBegun);
        foreach (var happened in advanced.WatcherEvents)
            run.TellWatchers(happened);

        if (run.IsReturning)
        {
            // A keeper that was restarted may have missed the command.
            run.Keeper.Tell(new RetryRun(run.Id), ActorRefs.NoSender);
        }
        else if (advanced.Book.HasEnded)
        {
            Leave(run, advanced.Book);
        }

        PlaceSoon();
    }

    private void Count(JournalEvent happened)
    {
        if (happened is BatchGranted)
            _grants++;
        else if (happened is AttemptEnded ended)
            RegistryMeter.Ended(ended.Outcome);
    }

    /// <summary>Drops a run that has ended from memory; its journal stays.</summary>
    private void Leave(ActiveRun run, RunBook book)
    {
        if (run.IsLeaving)
            return;

        run.IsLeaving = true;
        PersistEvent(new RunLeft(book.ToRow(), book.Refusal, UtcNow), left =>
        {
            _index.Apply(left);
            KeepFigures(run, book);
            _active.Remove(run.Id);
            Context.Stop(run.Keeper);
            Cache(book);
            run.TellWatchersItEnded(book);
            RunLog.Ended(Log, run.Id, book);
            SnapshotIfDue();
        });
    }

    /// <summary>At least as many events between two snapshots as a snapshot has runs.</summary>
    private void SnapshotIfDue()
    {
        if (LastSequenceNr - _snapshotAt >= Math.Max(_setup.Times.SnapshotEvery, _index.All.Count))
        {
            _snapshotAt = LastSequenceNr;
            SaveSnapshot(PackedSnapshot.Pack(_index.ToSnapshot()));
        }
    }

    private void SendAlert(ActiveRun run, bool keeperHasBegun)
    {
        if (run.NextAlert() is { } next)
        {
            var (id, keeper) = (run.Id, run.Keeper);
            _setup.Alerts.SendAsync(run.Book!.Run!, next).PipeTo(
                Self, success: outcome => new AlertEnded(id, keeper, outcome),
                failure: error => new AlertEnded(id, keeper, new DeadlineAlerted(next.Number, 1, error.Message)));
        }
        else if (keeperHasBegun)
        {
            run.RepeatAlertOutcome();
        }
    }

    private void OnAlertEnded(AlertEnded ended)
    {
        if (ended.Outcome.Error is { } error)
            Log.About(ended.Id).Warning("{0}: nobody could be told of its deadline: {1}", ended.Id, error);

        Find(ended.Id, ended.Keeper)?.AlertEnded(ended.Outcome);
    }

    // --------------------------------------------------------------------------------------------------------------- commands

    private void OnCommand(string id, object command)
    {
        if (!_active.TryGetValue(id, out var run))
            Sender.Tell(_index.Find(id) is { Row: { } row } ? RunIndex.AnswerEnded(row, command)! : new NoSuchRun(id));
        else if (run.IsUnavailable)
            Sender.Tell(JournalUnavailable(id));
        else
            run.Keeper.Forward(command);
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
            PersistEvent(new RunReturned(retry.Id, UtcNow), returned =>
            {
                _index.Apply(returned);
                var run = StartKeeper(_index.Find(retry.Id)!);
                run.IsReturning = true;
                run.Keeper.Tell(retry, from);
            });
        }
    }

    private static RegistryUnavailable JournalUnavailable(string id) => new($"the journal of {id} does not answer");

    // -------------------------------------------------------------------------------------------------------------- placement

    /// <summary>One placement for all messages that are in the mailbox by now.</summary>
    private void PlaceSoon()
    {
        if (!_placementIsDue)
        {
            _placementIsDue = true;
            Self.Tell(new PlaceNow());
        }
    }

    private void Place()
    {
        _placementIsDue = false;
        var books = _active.Values.Where(r => r is { IsUnavailable: false, IsLeaving: false }).Select(r => r.Expected).OfType<RunBook>()
            .ToList();
        var rooms = _nodes.Rooms(_active.Values.Select(r => r.Expected).OfType<RunBook>());
        foreach (var placed in Placement.Place(books, rooms).GroupBy(p => p.RunId))
        {
            var run = _active[placed.Key];
            run.Keeper.Tell(run.Place([.. placed.Select(p => p.Grant)], UtcNow));
        }
    }

    private sealed record SpecRead(SubmitRun Submit, RunSpec? Spec, Exception? Error, IActorRef From) : INoSerializationVerificationNeeded
    {
        /// <summary>Whether the run's folder has the run already, and it continues.</summary>
        public bool IsBegun { get; init; }
    }

    private sealed record PlaceNow : INoSerializationVerificationNeeded;

    private sealed record AlertEnded(string Id, IActorRef Keeper, DeadlineAlerted Outcome) : INoSerializationVerificationNeeded;
}
