using Cairn.Actors.Checkpointing;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;

namespace Cairn.Actors.Tests.Checkpointing.Schedules;

/// <summary>What a rank is told of its gang when it begins.</summary>
internal sealed record ModelGangStart(int Epoch, int WorldSize, int Boundary, string? Session, int Last, int Interval);

/// <summary>
/// A rank as its link and its rollout make it: steps while it may, waits for the verdict on its last commit and for its own staging before
/// the next, and at its end commits until its boundary is the newest session.
/// </summary>
internal sealed class ModelRank
{
    private readonly ModelGangStart _gang;
    private readonly Action<RankReport> _report;
    private readonly SortedSet<int> _commits = [];
    private Phase _phase;
    private int _permit;
    private int _halt = int.MaxValue;
    private bool _commitNext;
    private int _attempts;
    private int _decided;
    private int _session;
    private int _committed;

    public ModelRank(int rank, ModelGangStart gang, Action<RankReport> report)
    {
        (Rank, _gang, _report) = (rank, gang, report);
        Boundary = gang.Boundary;
        _permit = new BoundaryPermits(gang.WorldSize, gang.Boundary).Permit;
        _session = gang.Session is null ? -1 : gang.Boundary;
        _phase = gang.Boundary < 0 ? Phase.Beginning : Phase.Stepping;
    }

    private enum Phase
    {
        Beginning,
        Stepping,
        Arrived,
        Finishing,
        Ended,
    }

    public int Rank { get; }

    public int Boundary { get; private set; }

    /// <summary>The boundary of each commit, in order of attempts.</summary>
    public List<int> Committed { get; } = [];

    /// <summary>The commit that is being staged beside the steps.</summary>
    public RankCommit? Staging { get; private set; }

    public bool HasEnded => _phase == Phase.Ended;

    public bool CanAdvance => _phase switch
    {
        Phase.Beginning => true,
        Phase.Stepping => Boundary == _gang.Last || Boundary < _permit || Boundary >= _halt,
        Phase.Arrived => _decided >= _attempts && Staging is null,
        Phase.Finishing => _decided >= _attempts && (_session == Boundary || Staging is null),
        _ => false,
    };

    public override string ToString() => FormattableString.Invariant($"rank {Rank} {_phase} at {Boundary} of {_gang.Last} ")
        + FormattableString.Invariant($"(attempt {_attempts}, decided {_decided}, permit {_permit}, session {_session})");

    public void Take(RankOrder order)
    {
        switch (order)
        {
            case RankOrder.Permit permit:
                _permit = permit.UpTo;
                break;
            case RankOrder.Halt halt:
                _halt = halt.Boundary;
                break;
            case RankOrder.Commit { Boundary: < 0 }:
                _commitNext = true;
                break;
            case RankOrder.Commit commit:
                _commits.Add(commit.Boundary);
                break;
            case RankOrder.Verdict verdict:
                (_decided, _session) = (Math.Max(_decided, verdict.Attempt), Math.Max(_session, verdict.Boundary));
                break;
        }
    }

    public void Advance()
    {
        switch (_phase)
        {
            case Phase.Beginning:
                ArriveAt(0);
                break;
            case Phase.Stepping when Boundary == _gang.Last || Boundary >= _halt:
                _phase = Phase.Finishing;
                break;
            case Phase.Stepping:
                ArriveAt(Boundary + 1);
                break;
            case Phase.Arrived:
                Commit();
                Reached();
                break;
            case Phase.Finishing when _session == Boundary:
                _phase = Phase.Ended;
                _report(new RankReport.Ended(Rank, Boundary == _gang.Last, Boundary, 0));
                break;
            case Phase.Finishing:
                Commit();
                break;
        }
    }

    /// <summary>The commit in flight has become durable, or has failed.</summary>
    public RankCommit? EndStaging(bool well)
    {
        var commit = Staging!;
        Staging = null;
        _report(well
            ? new RankReport.Staged(commit)
            : new RankReport.StagingFailed(Rank, commit.Attempt, commit.Boundary, "the disk was full"));
        return well ? commit : null;
    }

    private void ArriveAt(int boundary)
    {
        Boundary = boundary;
        var commits = (boundary + 1) % _gang.Interval == 0 | _commits.Remove(boundary) | _commitNext;
        _commitNext = false;
        _phase = Phase.Arrived;
        if (!commits)
            Reached();
    }

    private void Reached()
    {
        _phase = Phase.Stepping;
        _report(new RankReport.Reached(Rank, Boundary, 0));
    }

    private void Commit()
    {
        _attempts++;
        Committed.Add(Boundary);
        var id = FormattableString.Invariant($"e{_gang.Epoch}-r{Rank}-{++_committed}");
        Staging = new RankCommit(Rank, _gang.Epoch, _attempts, Boundary, id);
    }
}
