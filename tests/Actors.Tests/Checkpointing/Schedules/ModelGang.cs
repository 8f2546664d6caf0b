using Cairn.Actors.Checkpointing;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;

namespace Cairn.Actors.Tests.Checkpointing.Schedules;

/// <summary>
/// A gang and its coordinator: the real barrier and the real permits between modelled ranks, a network that reorders, repeats and delays
/// what ranks report, and a commit point in three moments (checked, linked, checked again) between which anything may happen.
/// </summary>
internal sealed class ModelGang
{
    private const int CommitRetries = 4;
    private readonly ModelGangStart _start;
    private readonly ModelDisk _disk;
    private readonly Random _random;
    private readonly CheckpointBarrier _barrier;
    private readonly BoundaryPermits _permits;
    private readonly List<ModelRank> _ranks;
    private readonly List<RankReport> _reports = [];
    private readonly List<Queue<RankOrder>> _orders;
    private readonly HashSet<int> _ended = [];
    private readonly List<int> _verdicts = [];
    private readonly HashSet<int> _dead = [];
    private SessionWrite? _writing;
    private string? _parent;
    private int _newest;
    private int _failures;

    public ModelGang(ModelGangStart start, ModelDisk disk, Random random)
    {
        (_start, _disk, _random, _parent) = (start, disk, random, start.Session);
        _newest = start.Session is null ? -1 : start.Boundary;
        _barrier = new CheckpointBarrier(start.WorldSize, start.Epoch);
        _permits = new BoundaryPermits(start.WorldSize, start.Boundary);
        _ranks = [.. Enumerable.Range(0, start.WorldSize).Select(rank => new ModelRank(rank, start, _reports.Add))];
        _orders = [.. _ranks.Select(_ => new Queue<RankOrder>())];
    }

    public ModelGangStart Start => _start;

    public GangFailure? Failure { get; private set; }

    /// <summary>A zombie continues, and its reports are ignored.</summary>
    public bool IsZombie { get; set; }

    public bool IsPaused => _permits.IsPaused;

    public bool HasEnded => _ended.Count == _ranks.Count;

    public int Boundary => _ranks[0].Boundary;

    /// <summary>Raised for each session that is reported.</summary>
    public event Action<ModelSession>? Reported;

    /// <summary>What can happen next without a fault.</summary>
    public IEnumerable<Action> Moves()
    {
        foreach (var rank in _ranks.Where(r => !_dead.Contains(r.Rank)))
        {
            if (rank.CanAdvance)
                yield return rank.Advance;

            if (rank.Staging is not null)
                yield return () => EndStaging(rank, well: true);

            if (_orders[rank.Rank].Count > 0)
                yield return () => rank.Take(_orders[rank.Rank].Dequeue());
        }

        if (_reports.Count > 0)
            yield return DeliverReport;

        if (_writing is not null)
            yield return WriteSession;

        if (_verdicts.Count > 0)
            yield return SendVerdict;
    }

    /// <summary>What can go wrong, or be asked.</summary>
    public void Disturb()
    {
        var rank = _ranks[_random.Next(_ranks.Count)];
        if (_writing is { Step: > 0 } && _random.Next(4) == 0)
        {
            // The worst moment: its session may or may not come to be.
            Die(rank);
            return;
        }

        switch (_random.Next(9))
        {
            case 0 when rank.Staging is not null && !_dead.Contains(rank.Rank):
                EndStaging(rank, well: false);
                break;
            case 1 when _barrier.IsOpen:
                CarryOut(_barrier.DeadlinePassed(_barrier.Attempt));
                break;
            case 2 when _reports.Count > 0:
                _reports.Add(_reports[_random.Next(_reports.Count)]);
                break;
            case 3 when _random.Next(8) == 0:
                Die(rank);
                break;
            case 4 when _random.Next(4) == 0:
                _permits.Pause();
                Order(new RankOrder.Permit(_permits.Permit));
                break;
            case 5:
                Resume();
                break;
            case 6 when _random.Next(3) == 0:
                CommitNow();
                break;
            case 7 when _random.Next(20) == 0:
                Halt();
                break;
            case 8 when _writing is { Step: 0 } writing:
                _writing = null;
                Discard(writing.Decision.Commits);
                AbortCommit(writing.Decision.Attempt);
                break;
        }
    }

    /// <summary>Ends it in a failure, if it has not ended.</summary>
    public void Fail(GangFailure failure) => Failure ??= failure with { StartedFrom = _start.Boundary };

    public void Resume() => Order(new RankOrder.Permit(_permits.Resume()));

    public void Halt() => Order(new RankOrder.Halt(_permits.Halt()));

    /// <summary>
    /// Ranks commit at the same boundaries, in the same order; those that ended did so at the same one, which is a session.
    /// </summary>
    public void Check()
    {
        var longest = _ranks.MaxBy(r => r.Committed.Count)!.Committed;
        foreach (var rank in _ranks)
        {
            ScheduleViolation.Unless(
                rank.Committed.SequenceEqual(longest.Take(rank.Committed.Count)),
                $"epoch {_start.Epoch}: rank {rank.Rank} committed at {At(rank.Committed)}, another at {At(longest)}");
        }

        var ended = _ranks.Where(r => r.HasEnded).Select(r => r.Boundary).Distinct().ToList();
        ScheduleViolation.Unless(ended.Count <= 1, $"epoch {_start.Epoch}: ranks ended at boundaries {string.Join(", ", ended)}");
        ScheduleViolation.Unless(
            ended.Count == 0 || IsZombie || _newest == ended[0],
            $"epoch {_start.Epoch} ended at {Boundary}, its newest session is at {_newest}");
    }

    public override string ToString() => FormattableString.Invariant(
        $"epoch {_start.Epoch} of {_start.WorldSize} from {_start.Boundary}: {string.Join(", ", _ranks)}, ")
        + FormattableString.Invariant(
            $"attempt {_barrier.Attempt}, missing {string.Join(", ", _barrier.Missing)}, permit {_permits.Permit}");

    private static string At(List<int> boundaries) => string.Join(", ", boundaries);

    private void EndStaging(ModelRank rank, bool well)
    {
        if (rank.EndStaging(well) is { } commit)
            _disk.Stage(commit);
    }

    /// <summary>A rank's process goes, and what it had on its way is lost.</summary>
    private void Die(ModelRank rank)
    {
        _dead.Add(rank.Rank);
        if (_random.Next(2) == 0)
            _reports.RemoveAll(report => report.Rank == rank.Rank);

        Fail(new GangFailure(FailureKind.Process, "killed") { Rank = rank.Rank });
    }

    private void DeliverReport()
    {
        var at = _random.Next(_reports.Count);
        var report = _reports[at];
        _reports.RemoveAt(at);
        switch (report)
        {
            case RankReport.Reached reached when _permits.Reached(reached.Rank, reached.Boundary) is { } permit:
                Order(new RankOrder.Permit(permit));
                break;
            case RankReport.Staged staged:
                CarryOut(_barrier.Staged(staged.Commit));
                break;
            case RankReport.StagingFailed f:
                CarryOut(_barrier.Failed(f.Rank, f.Attempt, f.Boundary, f.Cause));
                break;
            case RankReport.Ended ended:
                _ended.Add(ended.Rank);
                break;
        }
    }

    private void CarryOut(BarrierDecision decision)
    {
        switch (decision)
        {
            case BarrierDecision.Commit commit:
                ScheduleViolation.Unless(_writing is null, $"epoch {_start.Epoch} makes two sessions at once");
                _writing = new SessionWrite(commit, 0, null);
                break;
            case BarrierDecision.Abort abort:
                Discard(abort.Leftovers);
                AbortCommit(abort.Attempt);
                break;
            case BarrierDecision.Discard discard:
                Discard([discard.Leftover]);
                break;
        }
    }

    private void Discard(IReadOnlyList<RankCommit> leftovers)
    {
        // On disk, only whoever holds the newest epoch may; the decision itself must never be wrong.
        _disk.Discard(leftovers);
    }

    private void WriteSession()
    {
        var writing = _writing!;
        if (_disk.Highest > _start.Epoch && writing.Step != 1)
        {
            _writing = null;
            Fail(new GangFailure(FailureKind.Permanent, "fenced"));
            return;
        }

        switch (writing.Step)
        {
            case 0:
                _writing = writing with { Step = 1 };
                break;
            case 1:
                _writing = writing with { Step = 2, Session = _disk.Link(_start.Epoch, _start.WorldSize, writing.Decision, _parent) };
                break;
            default:
                _writing = null;
                Made(writing.Session!);
                break;
        }
    }

    private void Made(ModelSession session)
    {
        (_parent, _newest, _failures) = (session.Node.Id, session.Boundary, 0);
        if (!IsZombie)
        {
            _disk.Report(session);
            Reported?.Invoke(session);
        }

        _disk.Prune(_start.Epoch);
        Order(new RankOrder.Verdict(_barrier.Attempt - 1, session.Boundary));
    }

    private void AbortCommit(int attempt)
    {
        if (++_failures > CommitRetries)
        {
            Fail(new GangFailure(FailureKind.Commit, "commits failed one after another"));
            return;
        }

        CommitNow();
        _verdicts.Add(attempt);
    }

    private void SendVerdict()
    {
        Order(new RankOrder.Verdict(_verdicts[0], _newest));
        _verdicts.RemoveAt(0);
    }

    private void CommitNow()
    {
        Order(new RankOrder.Commit(_permits.Commit()));
        Order(new RankOrder.Permit(_permits.Permit));
    }

    /// <summary>Orders keep their order; some arrive twice.</summary>
    private void Order(RankOrder order)
    {
        foreach (var queue in _orders)
        {
            queue.Enqueue(order);
            if (order is not RankOrder.Commit && _random.Next(8) == 0)
                queue.Enqueue(order);
        }
    }

    private sealed record SessionWrite(BarrierDecision.Commit Decision, int Step, ModelSession? Session);
}
