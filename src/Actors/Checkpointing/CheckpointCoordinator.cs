using System.Globalization;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Checkpointing;

/// <summary>
/// Coordinates the ranks of one gang: carries out what <see cref="CheckpointBarrier"/> decides about their commits,
/// <see cref="BoundaryPermits"/> about their steps and <see cref="GangWatch"/> about their deadlines, and tells the supervisor. Lives as
/// long as the gang.
/// </summary>
internal sealed class CheckpointCoordinator : ReceiveActor, IWithTimers
{
    private const int ChecksPerDeadline = 8;
    private static readonly TimeSpan SoonestCheck = TimeSpan.FromMilliseconds(50);
    private readonly IActorRef _supervisor;
    private readonly GangPlace _gang;
    private readonly CheckpointBarrier _barrier;
    private readonly BoundaryPermits _permits;
    private readonly GangWatch _watch;
    private readonly SessionWriter _writer;
    private readonly SupervisionSpec _settings;
    private readonly GangFlush? _flush;
    private readonly TimeProvider _time;
    private readonly List<RankOrder> _early = [];
    private long _stagedAt;
    private TimeSpan? _commitBegan;
    private IReadOnlyList<IActorRef> _workers = [];
    private int _newest;
    private int _failures;
    private bool _toldThatItWaits;

    public CheckpointCoordinator(
        IActorRef supervisor, GangPlace gang, SessionWriter writer, SupervisionSpec settings, GangFlush? flush, TimeProvider time)
    {
        (_flush, _time) = (flush, time);
        (_supervisor, _gang, _writer, _settings) = (supervisor, gang, writer, settings);
        _barrier = new CheckpointBarrier(gang.WorldSize, gang.Epoch);
        _permits = new BoundaryPermits(gang.WorldSize, gang.Boundary);
        _watch = new GangWatch(gang.WorldSize, settings.BoundaryDeadline, Now);
        _newest = gang.Session ? gang.Boundary : -1;
        Receive<GangAssembled>(OnAssembled, _ => _workers.Count == 0);
        Receive<RankReport.Reached>(OnReached, IsOfThisGang);
        Receive<RankReport.Waiting>(OnWaiting, IsOfThisGang);
        Receive<RankReport.Staged>(OnStaged, IsOfThisGang);
        Receive<RankReport.StagingFailed>(f => CarryOut(_barrier.Failed(f.Rank, f.Attempt, f.Boundary, f.Cause)), IsOfThisGang);
        Receive<RankReport.Ended>(OnEnded, IsOfThisGang);
        Receive<RankReport>(report => _supervisor.Tell(report), IsOfThisGang);
        Receive<CheckDeadlines>(_ => OnCheck());
        Receive<DeadlinePassed>(passed => CarryOut(_barrier.DeadlinePassed(passed.Attempt)));
        Receive<MakingIsLate>(OnMakingLate);
        Receive<Committed>(OnCommitted);
        Receive<CommitFailed>(OnCommitFailed);
        Receive<VerdictDue>(due => Order(new RankOrder.Verdict(due.Attempt, _newest)));
        Receive<HaltGang>(_ => Order(new RankOrder.Halt(_permits.Halt())));
        Receive<PauseGang>(_ => OnPause());
        Receive<ResumeGang>(_ => OnResume());
        Receive<CommitGang>(_ => OnCommitNow());
        Receive<AskWhereGangStands>(_ => Sender.Tell(new GangStands(_gang.Batch, _gang.Epoch, _watch.IsIdle)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(0);

    /// <param name="supervisor">Receives what happens to the gang.</param>
    /// <param name="gang">The gang.</param>
    /// <param name="writer">Makes sessions.</param>
    /// <param name="settings">Deadlines and the number of failed commits that are tolerated.</param>
    /// <param name="flush">Chooses the boundaries of commits; null if ranks know them.</param>
    /// <param name="time">The clock.</param>
    public static Props Props(
        IActorRef supervisor, GangPlace gang, SessionWriter writer, SupervisionSpec settings, GangFlush? flush, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new CheckpointCoordinator(supervisor, gang, writer, settings, flush, time));

    /// <summary>From here on, and not from the first step: starting processes and loading the model count.</summary>
    protected override void PreStart()
    {
        var check = _settings.BoundaryDeadline / ChecksPerDeadline;
        Timers.StartPeriodicTimer("deadlines", new CheckDeadlines(), check < SoonestCheck ? SoonestCheck : check);
    }

    /// <summary>A rank's reports come from its own worker, and no other.</summary>
    private bool IsOfThisGang(RankReport report) =>
        report.Rank >= 0 && report.Rank < _workers.Count && Sender.Equals(_workers[report.Rank]);

    private void OnAssembled(GangAssembled assembled)
    {
        _workers = assembled.Workers;
        // What was asked of the gang before it was there comes first.
        foreach (var order in _early)
        {
            Order(order);
        }

        _early.Clear();
        Order(new RankOrder.Begin());
    }

    private void OnEnded(RankReport.Ended report)
    {
        _watch.Ended(report.Rank);
        _supervisor.Tell(report);
    }

    private void OnCheck()
    {
        foreach (var rank in _watch.Late(Now))
        {
            Timers.Cancel("deadlines");
            _supervisor.Tell(new RankIsLate(rank, _permits.Slowest + 1));
            return;
        }
    }

    private void OnStaged(RankReport.Staged staged)
    {
        var began = Now - staged.Took;
        _commitBegan = _commitBegan is { } first && first < began ? first : began;
        CarryOut(_barrier.Staged(staged.Commit));
    }

    private void OnReached(RankReport.Reached report)
    {
        var before = _permits.Slowest;
        var permit = _permits.Reached(report.Rank, report.Boundary);
        _watch.Progressed(report.Rank, Now);
        if (_permits.Slowest > before)
        {
            // Before the permit: no rank may come to that boundary without the order.
            if (_flush?.Reached(_permits.Slowest, _permits.Permit, Now) is { } due)
            {
                Order(new RankOrder.Commit(due));
            }

            _supervisor.Tell(new GangReached(_permits.Slowest, report.Steps));
        }

        if (permit is { } upTo)
        {
            Order(new RankOrder.Permit(upTo));
        }
    }

    private void OnWaiting(RankReport.Waiting report)
    {
        _watch.Waits(report.Rank, report.Orders);
        if (_permits.IsPaused && !_toldThatItWaits && _watch.IsIdle)
        {
            _toldThatItWaits = true;
            _supervisor.Tell(new GangWaits(report.Boundary));
        }
    }

    private void OnPause()
    {
        _permits.Pause();
        Order(new RankOrder.Permit(_permits.Permit));
    }

    private void OnResume()
    {
        _toldThatItWaits = false;
        Order(new RankOrder.Permit(_permits.Resume()));
    }

    private void OnCommitNow()
    {
        // The order first: no rank may come to that boundary without it.
        Order(new RankOrder.Commit(_permits.Commit()));
        Order(new RankOrder.Permit(_permits.Permit));
    }

    private void CarryOut(BarrierDecision decision)
    {
        switch (decision)
        {
            case BarrierDecision.Wait when !Timers.IsTimerActive("deadline"):
                // From the first rank on: those that follow must not put it off.
                _stagedAt = _time.GetTimestamp();
                Timers.StartSingleTimer("deadline", new DeadlinePassed(_barrier.Attempt), _settings.CommitDeadline);
                break;
            case BarrierDecision.Commit commit:
                Timers.Cancel("deadline");
                Make(commit);
                break;
            case BarrierDecision.Abort abort:
                Timers.Cancel("deadline");
                Clear(abort.Leftovers);
                GiveUp(abort.Attempt, abort.Boundary, abort.Cause);
                break;
            case BarrierDecision.Discard discard:
                Clear([discard.Leftover]);
                break;
        }
    }

    private void Make(BarrierDecision.Commit commit)
    {
        Timers.StartSingleTimer("making", new MakingIsLate(commit.Boundary), _settings.CommitDeadline);
        OwnThread.Run(() => _writer.Commit(commit.Commits)).PipeTo(
            Self,
            success: session => new Committed(commit, session),
            failure: error => new CommitFailed(commit, error));
    }

    /// <summary>The ranks wait for a decision that a hanging disk never allows; a newer epoch fences anything that still arrives.</summary>
    private void OnMakingLate(MakingIsLate late) => _supervisor.Tell(new CommitsFailed(
        string.Create(
            CultureInfo.InvariantCulture,
            $"the session of boundary {late.Boundary} was not durable within "
            + $"supervision.commit-deadline = {_settings.CommitDeadline.TotalSeconds} s"),
        IsPermanent: false));

    private void OnCommitted(Committed done)
    {
        Timers.Cancel("making");
        _failures = 0;
        _newest = done.Commit.Boundary;
        _flush?.Committed(_time.GetElapsedTime(_stagedAt));
        _supervisor.Tell(new SessionMade(done.Session, _newest, _commitBegan is { } began ? Now - began : TimeSpan.Zero));
        _commitBegan = null;
        Order(new RankOrder.Verdict(done.Commit.Attempt, _newest));
    }

    private void OnCommitFailed(CommitFailed failed)
    {
        Timers.Cancel("making");
        if (failed.Error is not TransientException)
        {
            _supervisor.Tell(new CommitsFailed(failed.Error.Message, IsPermanent: failed.Error is FencedException or DataException));
            return;
        }

        Clear(failed.Commit.Commits);
        GiveUp(failed.Commit.Attempt, failed.Commit.Boundary, failed.Error.Message);
    }

    /// <summary>
    /// There is no session. Its verdict is held back for a growing while: the ranks wait for it where they would commit next, and so the
    /// gang pauses until the disk may have recovered.
    /// </summary>
    private void GiveUp(int attempt, int boundary, string cause)
    {
        _failures++;
        _commitBegan = null;
        _supervisor.Tell(new SessionGivenUp(boundary, cause));
        if (_failures > _settings.CommitRetries)
        {
            _supervisor.Tell(new CommitsFailed(
                string.Create(CultureInfo.InvariantCulture, $"{_failures} commits failed one after another; the last: {cause}"),
                IsPermanent: false));
            return;
        }

        // Not at the next boundary that happens to be due: what is lost in the meantime grows with every step.
        OnCommitNow();
        Timers.StartSingleTimer(
            "verdict", new VerdictDue(attempt), GrowingPause.After(_failures, _settings.FirstPause, _settings.LongestPause));
    }

    /// <summary>Leftovers are invisible, and a later session removes them if this fails.</summary>
    private void Clear(IReadOnlyList<RankCommit> leftovers) => OwnThread.Run(() =>
    {
        _writer.Discard(leftovers);
        return true;
    }).ContinueWith(
        static cleared => cleared.Exception?.Handle(static e => e is CairnException),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private void Order(RankOrder order)
    {
        if (_workers.Count == 0)
        {
            _early.Add(order);
            return;
        }

        _watch.Ordered(Now);
        foreach (var worker in _workers)
        {
            worker.Tell(order);
        }
    }

    private sealed record CheckDeadlines : INoSerializationVerificationNeeded;

    private sealed record DeadlinePassed(int Attempt) : INoSerializationVerificationNeeded;

    private sealed record MakingIsLate(int Boundary) : INoSerializationVerificationNeeded;

    private sealed record VerdictDue(int Attempt) : INoSerializationVerificationNeeded;

    private sealed record Committed(BarrierDecision.Commit Commit, string Session) : INoSerializationVerificationNeeded;

    private sealed record CommitFailed(BarrierDecision.Commit Commit, Exception Error) : INoSerializationVerificationNeeded;
}

/// <summary>Where a gang stands when it is started.</summary>
/// <param name="Batch">Its batch.</param>
/// <param name="WorldSize">Its ranks.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Boundary">The boundary that it goes on after, or -1.</param>
/// <param name="Session">Whether a session of the batch's own catalog holds that boundary.</param>
internal sealed record GangPlace(MemberRange Batch, int WorldSize, int Epoch, int Boundary, bool Session);
