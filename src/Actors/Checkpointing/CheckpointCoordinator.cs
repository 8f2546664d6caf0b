using System.Globalization;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Checkpointing;

// To the coordinator.

/// <summary>All ranks of the gang have been created, one worker per rank: they may begin. A coordinator's first message.</summary>
internal sealed record GangAssembled(IReadOnlyList<IActorRef> Workers) : INoSerializationVerificationNeeded;

/// <summary>Halt at the next boundary that all ranks can halt at, make everything durable, and end.</summary>
internal sealed record HaltGang : INoSerializationVerificationNeeded;

/// <summary>Wait at a boundary.</summary>
internal sealed record PauseGang : INoSerializationVerificationNeeded;

/// <summary>Continue after <see cref="PauseGang"/>.</summary>
internal sealed record ResumeGang : INoSerializationVerificationNeeded;

/// <summary>Commit at the next boundary that all ranks can commit at.</summary>
internal sealed record CommitGang : INoSerializationVerificationNeeded;

/// <summary>Asks whether all ranks are idle; answered by <see cref="GangIdleStatus"/>.</summary>
internal sealed record QueryGangIdle : INoSerializationVerificationNeeded;

/// <summary>Whether every rank of a gang waits for others or has ended.</summary>
internal sealed record GangIdleStatus(MemberRange Batch, int Epoch, bool IsIdle) : INoSerializationVerificationNeeded;

// To the supervisor.

/// <summary>A session is durable.</summary>
/// <param name="Took">Time since the first rank began its commit.</param>
internal sealed record GangCommitted(string Session, int Boundary, TimeSpan Took) : INoSerializationVerificationNeeded;

/// <summary>A commit was aborted; the gang continues and will try again.</summary>
internal sealed record GangCommitAborted(int Boundary, string Cause) : INoSerializationVerificationNeeded;

/// <summary>All ranks have reached a boundary.</summary>
/// <param name="Steps">Model steps of a rank so far.</param>
internal sealed record GangReached(int Boundary, long Steps) : INoSerializationVerificationNeeded;

/// <summary>All ranks wait at a boundary.</summary>
internal sealed record GangPaused(int Boundary) : INoSerializationVerificationNeeded;

/// <summary>This gang can commit no further session.</summary>
/// <param name="IsPermanent">Whether a new gang could not commit one either.</param>
internal sealed record CommitsFailed(string Cause, bool IsPermanent) : INoSerializationVerificationNeeded;

/// <summary>A rank has not reached <paramref name="Boundary"/> within the boundary deadline.</summary>
internal sealed record RankTimedOut(int Rank, int Boundary) : INoSerializationVerificationNeeded;

/// <summary>What a gang starts from.</summary>
/// <param name="Boundary">The boundary after which it continues, or -1.</param>
/// <param name="Session">Whether a session of the batch's own catalog holds that boundary.</param>
internal sealed record GangOrigin(MemberRange Batch, int WorldSize, int Epoch, int Boundary, bool Session);

/// <summary>
/// Coordinates the ranks of one gang, for as long as the gang lives: carries out what <see cref="CheckpointBarrier"/> decides about their
/// commits, <see cref="BoundaryPermits"/> about their steps and <see cref="GangWatch"/> about their deadlines. Reports to the supervisor.
/// </summary>
internal sealed class CheckpointCoordinator : ReceiveActor, IWithTimers
{
    private const int ChecksPerDeadline = 8;
    private static readonly TimeSpan MinCheckInterval = TimeSpan.FromMilliseconds(50);
    private readonly IActorRef _supervisor;
    private readonly GangOrigin _gang;
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
    private int _newestSession;
    private int _abortedInARow;
    private bool _pauseReported;

    public CheckpointCoordinator(
        IActorRef supervisor, GangOrigin gang, SessionWriter writer, SupervisionSpec settings, GangFlush? flush, TimeProvider time)
    {
        (_supervisor, _gang, _writer, _settings, _flush, _time) = (supervisor, gang, writer, settings, flush, time);
        _barrier = new CheckpointBarrier(gang.WorldSize, gang.Epoch);
        _permits = new BoundaryPermits(gang.WorldSize, gang.Boundary);
        _watch = new GangWatch(gang.WorldSize, settings.BoundaryDeadline, Now);
        _newestSession = gang.Session ? gang.Boundary : -1;
        Receive<GangAssembled>(OnAssembled, _ => _workers.Count == 0);
        Receive<RankReport.Reached>(OnReached, IsOfThisGang);
        Receive<RankReport.Waiting>(OnWaiting, IsOfThisGang);
        Receive<RankReport.Staged>(OnStaged, IsOfThisGang);
        Receive<RankReport.StagingFailed>(f => CarryOut(_barrier.Failed(f.Rank, f.Attempt, f.Boundary, f.Cause)), IsOfThisGang);
        Receive<RankReport.Ended>(OnEnded, IsOfThisGang);
        Receive<RankReport>(report => _supervisor.Tell(report), IsOfThisGang);
        Receive<CheckDeadlines>(_ => OnCheckDeadlines());
        Receive<StagingTimeout>(timeout => CarryOut(_barrier.DeadlinePassed(timeout.Attempt)));
        Receive<SessionTimeout>(OnSessionTimeout);
        Receive<SessionWritten>(OnSessionWritten);
        Receive<SessionFailed>(OnSessionFailed);
        Receive<VerdictDue>(due => Order(new RankOrder.Verdict(due.Attempt, _newestSession)));
        Receive<HaltGang>(_ => Order(new RankOrder.Halt(_permits.Halt())));
        Receive<PauseGang>(_ => OnPause());
        Receive<ResumeGang>(_ => OnResume());
        Receive<CommitGang>(_ => OrderCommit());
        Receive<QueryGangIdle>(_ => Sender.Tell(new GangIdleStatus(_gang.Batch, _gang.Epoch, _watch.IsIdle)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(0);

    /// <param name="flush">Chooses the boundaries of commits; null if the ranks know them.</param>
    public static Props Props(
        IActorRef supervisor, GangOrigin gang, SessionWriter writer, SupervisionSpec settings, GangFlush? flush, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new CheckpointCoordinator(supervisor, gang, writer, settings, flush, time));

    /// <summary>Deadlines run from here, not from the first step: starting processes and loading the model count.</summary>
    protected override void PreStart()
    {
        var interval = _settings.BoundaryDeadline / ChecksPerDeadline;
        Timers.StartPeriodicTimer("deadlines", new CheckDeadlines(), interval < MinCheckInterval ? MinCheckInterval : interval);
    }

    /// <summary>A rank's reports count only if its own worker sent them.</summary>
    private bool IsOfThisGang(RankReport report) =>
        report.Rank >= 0 && report.Rank < _workers.Count && Sender.Equals(_workers[report.Rank]);

    private void OnAssembled(GangAssembled assembled)
    {
        _workers = assembled.Workers;
        // Orders that arrived before the ranks did go first.
        _early.ForEach(Order);
        _early.Clear();
        Order(new RankOrder.Begin());
    }

    private void OnEnded(RankReport.Ended report)
    {
        _watch.Ended(report.Rank);
        _supervisor.Tell(report);
    }

    private void OnCheckDeadlines()
    {
        foreach (var rank in _watch.Late(Now).Take(1))
        {
            Timers.Cancel("deadlines");
            _supervisor.Tell(new RankTimedOut(rank, _permits.Slowest + 1));
        }
    }

    private void OnReached(RankReport.Reached report)
    {
        var before = _permits.Slowest;
        var permit = _permits.Reached(report.Rank, report.Boundary);
        _watch.Progressed(report.Rank, Now);
        if (_permits.Slowest > before)
        {
            // Before the permit: no rank may reach that boundary without the order.
            if (_flush?.Reached(_permits.Slowest, _permits.Permit, Now) is { } due)
                Order(new RankOrder.Commit(due));

            _supervisor.Tell(new GangReached(_permits.Slowest, report.Steps));
        }

        if (permit is { } upTo)
            Order(new RankOrder.Permit(upTo));
    }

    private void OnWaiting(RankReport.Waiting report)
    {
        _watch.Waits(report.Rank, report.Orders);
        if (_permits.IsPaused && !_pauseReported && _watch.IsIdle)
        {
            _pauseReported = true;
            _supervisor.Tell(new GangPaused(report.Boundary));
        }
    }

    private void OnPause()
    {
        _permits.Pause();
        Order(new RankOrder.Permit(_permits.Permit));
    }

    private void OnResume()
    {
        _pauseReported = false;
        Order(new RankOrder.Permit(_permits.Resume()));
    }

    private void OrderCommit()
    {
        // The order first: no rank may reach that boundary without it.
        Order(new RankOrder.Commit(_permits.Commit()));
        Order(new RankOrder.Permit(_permits.Permit));
    }

    private void Order(RankOrder order)
    {
        if (_workers.Count == 0)
        {
            _early.Add(order);
            return;
        }

        _watch.Ordered(Now);
        foreach (var worker in _workers)
            worker.Tell(order);
    }

    // ---------------------------------------------------------------------------------------------------------------- commits

    private void OnStaged(RankReport.Staged staged)
    {
        var began = Now - staged.Took;
        _commitBegan = _commitBegan is { } first && first < began ? first : began;
        CarryOut(_barrier.Staged(staged.Commit));
    }

    private void CarryOut(BarrierDecision decision)
    {
        switch (decision)
        {
            case BarrierDecision.Wait when !Timers.IsTimerActive("staging"):
                // Runs from the first rank's report: later ones must not extend it.
                _stagedAt = _time.GetTimestamp();
                Timers.StartSingleTimer("staging", new StagingTimeout(_barrier.Attempt), _settings.CommitDeadline);
                break;
            case BarrierDecision.Commit commit:
                Timers.Cancel("staging");
                WriteSession(commit);
                break;
            case BarrierDecision.Abort abort:
                Timers.Cancel("staging");
                Discard(abort.Leftovers);
                OnAborted(abort.Attempt, abort.Boundary, abort.Cause);
                break;
            case BarrierDecision.Discard discard:
                Discard([discard.Leftover]);
                break;
        }
    }

    private void WriteSession(BarrierDecision.Commit commit)
    {
        Timers.StartSingleTimer("session", new SessionTimeout(commit.Boundary), _settings.CommitDeadline);
        OwnThread.Run(() => _writer.Commit(commit.Commits)).PipeTo(
            Self,
            success: session => new SessionWritten(commit, session),
            failure: error => new SessionFailed(commit, error));
    }

    /// <summary>A disk hangs, and the ranks wait for a verdict. If the write completes after all, the next epoch fences it.</summary>
    private void OnSessionTimeout(SessionTimeout timeout) => _supervisor.Tell(new CommitsFailed(
        string.Create(
            CultureInfo.InvariantCulture,
            $"the session of boundary {timeout.Boundary} was not durable within "
            + $"supervision.commit-deadline = {_settings.CommitDeadline.TotalSeconds} s"),
        IsPermanent: false));

    private void OnSessionWritten(SessionWritten written)
    {
        Timers.Cancel("session");
        _abortedInARow = 0;
        _newestSession = written.Commit.Boundary;
        _flush?.Committed(_time.GetElapsedTime(_stagedAt));
        _supervisor.Tell(new GangCommitted(written.Session, _newestSession, _commitBegan is { } began ? Now - began : TimeSpan.Zero));
        _commitBegan = null;
        Order(new RankOrder.Verdict(written.Commit.Attempt, _newestSession));
    }

    private void OnSessionFailed(SessionFailed failed)
    {
        Timers.Cancel("session");
        if (failed.Error is not TransientException)
        {
            _supervisor.Tell(new CommitsFailed(failed.Error.Message, IsPermanent: failed.Error is FencedException or DataException));
            return;
        }

        Discard(failed.Commit.Commits);
        OnAborted(failed.Commit.Attempt, failed.Commit.Boundary, failed.Error.Message);
    }

    /// <summary>
    /// Delays the verdict by an exponential backoff. The ranks wait for it at their next commit, so the gang pauses until the disk may have
    /// recovered.
    /// </summary>
    private void OnAborted(int attempt, int boundary, string cause)
    {
        _abortedInARow++;
        _commitBegan = null;
        _supervisor.Tell(new GangCommitAborted(boundary, cause));
        if (_abortedInARow > _settings.CommitRetries)
        {
            _supervisor.Tell(new CommitsFailed(
                string.Create(CultureInfo.InvariantCulture, $"{_abortedInARow} commits failed one after another; the last: {cause}"),
                IsPermanent: false));
            return;
        }

        // As soon as possible, not at the next regular commit: every step until then adds to what a failure would lose.
        OrderCommit();
        Timers.StartSingleTimer("verdict", new VerdictDue(attempt),
            ExponentialBackoff.Delay(_abortedInARow, _settings.FirstPause, _settings.LongestPause));
    }

    /// <summary>If this fails the leftovers stay, invisible, until a later session removes them.</summary>
    private void Discard(IReadOnlyList<RankCommit> leftovers) => OwnThread.Run(() =>
    {
        _writer.Discard(leftovers);
        return true;
    }).ContinueWith(
        static discarded => discarded.Exception?.Handle(static e => e is CairnException),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private sealed record CheckDeadlines : INoSerializationVerificationNeeded;

    private sealed record StagingTimeout(int Attempt) : INoSerializationVerificationNeeded;

    private sealed record SessionTimeout(int Boundary) : INoSerializationVerificationNeeded;

    private sealed record VerdictDue(int Attempt) : INoSerializationVerificationNeeded;

    private sealed record SessionWritten(BarrierDecision.Commit Commit, string Session) : INoSerializationVerificationNeeded;

    private sealed record SessionFailed(BarrierDecision.Commit Commit, Exception Error) : INoSerializationVerificationNeeded;
}
