using System.Globalization;

namespace Cairn.Actors.Checkpointing;

/// <summary>
/// Decides which commits of a gang's ranks become a session: those of all ranks at one boundary, under the gang's epoch, and no others.
/// Pure: it takes the reports of ranks, in any order and any number of times, and answers with decisions. An attempt is decided once.
/// </summary>
/// <remarks>
/// Ranks number their attempts, and begin one only when the one before was decided. So there is one open attempt at a time, and a
/// report of an older one is late.
/// </remarks>
public sealed class CheckpointBarrier
{
    private readonly Dictionary<int, RankCommit> _staged = [];
    private readonly HashSet<int> _aborted = [];
    private readonly int _worldSize;
    private readonly int _epoch;

    /// <param name="worldSize">Ranks of the gang.</param>
    /// <param name="epoch">The gang's epoch.</param>
    public CheckpointBarrier(int worldSize, int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(worldSize, 1);
        (_worldSize, _epoch) = (worldSize, epoch);
    }

    /// <summary>The attempt that is open, or the next one when none is.</summary>
    public int Attempt { get; private set; } = 1;

    /// <summary>Whether a rank has staged something for the open attempt.</summary>
    public bool IsOpen => _staged.Count > 0;

    /// <summary>Ranks that the open attempt still waits for.</summary>
    public IReadOnlyList<int> Missing => [.. Enumerable.Range(0, _worldSize).Where(rank => !_staged.ContainsKey(rank))];

    /// <summary>A rank has staged a commit.</summary>
    public BarrierDecision Staged(RankCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (commit.Epoch != _epoch || commit.Rank < 0 || commit.Rank >= _worldSize)
        {
            // Another gang's: its own coordinator deletes it, or the clean-up under the newest epoch.
            return new BarrierDecision.Ignore();
        }

        if (commit.Attempt < Attempt)
        {
            // What was decided to be a session is one: hearing of it again must not cost it a commit.
            return _aborted.Contains(commit.Attempt) ? new BarrierDecision.Discard(commit) : new BarrierDecision.Ignore();
        }

        if (_staged.TryGetValue(commit.Rank, out var before) && before == commit)
        {
            return new BarrierDecision.Ignore();
        }

        if (Defect(commit) is not { } defect)
        {
            return Take(commit);
        }

        List<RankCommit> leftovers = [.. InOrder(), commit];
        CatchUp(commit.Attempt);
        return Abort(commit.Boundary, leftovers, defect);
    }

    /// <summary>A rank could not stage its commit.</summary>
    /// <param name="rank">The rank.</param>
    /// <param name="attempt">The attempt that failed.</param>
    /// <param name="boundary">Its boundary.</param>
    /// <param name="cause">What went wrong.</param>
    public BarrierDecision Failed(int rank, int attempt, int boundary, string cause)
    {
        if (attempt < Attempt || rank < 0 || rank >= _worldSize)
        {
            return new BarrierDecision.Ignore();
        }

        var leftovers = InOrder().ToList();
        CatchUp(attempt);
        return Abort(boundary, leftovers, string.Create(CultureInfo.InvariantCulture, $"rank {rank} could not stage it: {cause}"));
    }

    /// <summary>An attempt has taken too long.</summary>
    public BarrierDecision DeadlinePassed(int attempt) => attempt != Attempt || _staged.Count == 0
        ? new BarrierDecision.Ignore()
        : Abort(
            InOrder().First().Boundary, [.. InOrder()],
            $"rank {string.Join(", ", Missing)} had not staged it by the deadline");

    private BarrierDecision Take(RankCommit commit)
    {
        _staged[commit.Rank] = commit;
        if (_staged.Count < _worldSize)
        {
            return new BarrierDecision.Wait();
        }

        var commits = InOrder().ToList();
        Next();
        return new BarrierDecision.Commit(commits[0].Attempt, commits[0].Boundary, commits);
    }

    private string? Defect(RankCommit commit)
    {
        if (commit.Attempt > Attempt)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"rank {commit.Rank} is at commit {commit.Attempt} of the gang, which is at {Attempt}");
        }

        if (_staged.ContainsKey(commit.Rank))
        {
            return string.Create(CultureInfo.InvariantCulture, $"rank {commit.Rank} has staged two different commits");
        }

        var other = _staged.Values.FirstOrDefault(staged => staged.Boundary != commit.Boundary);
        return other is null
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"rank {commit.Rank} is at boundary {commit.Boundary}, rank {other.Rank} at boundary {other.Boundary}");
    }

    /// <summary>Ranks that have come apart do not find together by counting on: what lies between is given up.</summary>
    private void CatchUp(int attempt)
    {
        while (Attempt < attempt)
        {
            _aborted.Add(Attempt);
            Next();
        }
    }

    private BarrierDecision.Abort Abort(int boundary, IReadOnlyList<RankCommit> leftovers, string cause)
    {
        var attempt = Attempt;
        _aborted.Add(attempt);
        Next();
        return new BarrierDecision.Abort(attempt, boundary, leftovers, cause);
    }

    private void Next()
    {
        _staged.Clear();
        Attempt++;
    }

    private IEnumerable<RankCommit> InOrder() => _staged.Values.OrderBy(commit => commit.Rank);
}

/// <summary>What the barrier makes of a report.</summary>
public abstract record BarrierDecision
{
    private BarrierDecision()
    {
    }

    /// <summary>Nothing yet: other ranks are still to stage.</summary>
    public sealed record Wait : BarrierDecision;

    /// <summary>All ranks have staged the same boundary under the same epoch: their commits become a session.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Boundary">Its boundary.</param>
    /// <param name="Commits">One commit a rank, in order of ranks.</param>
    public sealed record Commit(int Attempt, int Boundary, IReadOnlyList<RankCommit> Commits) : BarrierDecision;

    /// <summary>There will be no session of this attempt.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Boundary">The boundary that it was about.</param>
    /// <param name="Leftovers">What was staged for it, to be deleted.</param>
    /// <param name="Cause">Why.</param>
    public sealed record Abort(int Attempt, int Boundary, IReadOnlyList<RankCommit> Leftovers, string Cause) : BarrierDecision;

    /// <summary>The commit came too late, or belongs to no attempt: it must be deleted, and nothing else happens.</summary>
    public sealed record Discard(RankCommit Leftover) : BarrierDecision;

    /// <summary>The report changes nothing: it is a duplicate, or comes from another gang.</summary>
    public sealed record Ignore : BarrierDecision;
}
