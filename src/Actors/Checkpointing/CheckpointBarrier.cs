using System.Globalization;

namespace Cairn.Actors.Checkpointing;

/// <summary>
/// Decides which commits of a gang's ranks become a session: only those of all ranks at one boundary, under the gang's epoch. Pure: takes
/// the ranks' reports, in any order and any number of times, and returns decisions. Each attempt is decided once.
/// </summary>
/// <remarks>
/// Ranks number their attempts and start one only after the previous one was decided. So one attempt is open at a time, and a report of
/// an older one is late.
/// </remarks>
internal sealed class CheckpointBarrier
{
    private readonly Dictionary<int, RankCommit> _staged = [];
    private readonly HashSet<int> _aborted = [];
    private readonly int _worldSize;
    private readonly int _epoch;

    public CheckpointBarrier(int worldSize, int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(worldSize, 1);
        (_worldSize, _epoch) = (worldSize, epoch);
    }

    /// <summary>The open attempt, or the next one if none is open.</summary>
    public int Attempt { get; private set; } = 1;

    public bool IsOpen => _staged.Count > 0;

    public IReadOnlyList<int> Missing => [.. Enumerable.Range(0, _worldSize).Where(rank => !_staged.ContainsKey(rank))];

    public BarrierDecision Staged(RankCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (commit.Epoch != _epoch || commit.Rank < 0 || commit.Rank >= _worldSize)
        {
            // Another gang's: deleted by its own coordinator or by the clean-up of the newest epoch.
            return new BarrierDecision.Ignore();
        }

        if (commit.Attempt < Attempt)
        {
            // A repeated report of an attempt that became a session must not delete its commit.
            return _aborted.Contains(commit.Attempt) ? new BarrierDecision.Discard(commit) : new BarrierDecision.Ignore();
        }

        if (_staged.TryGetValue(commit.Rank, out var before) && before == commit)
            return new BarrierDecision.Ignore();

        if (Defect(commit) is not { } defect)
            return Take(commit);

        List<RankCommit> leftovers = [.. InOrder(), commit];
        CatchUp(commit.Attempt);
        return Abort(commit.Boundary, leftovers, defect);
    }

    public BarrierDecision Failed(int rank, int attempt, int boundary, string cause)
    {
        if (attempt < Attempt || rank < 0 || rank >= _worldSize)
            return new BarrierDecision.Ignore();

        var leftovers = InOrder().ToList();
        CatchUp(attempt);
        return Abort(boundary, leftovers, string.Create(CultureInfo.InvariantCulture, $"rank {rank} could not stage it: {cause}"));
    }

    public BarrierDecision DeadlinePassed(int attempt) => attempt != Attempt || _staged.Count == 0
        ? new BarrierDecision.Ignore()
        : Abort(
            InOrder().First().Boundary, [.. InOrder()],
            $"rank {string.Join(", ", Missing)} had not staged it by the deadline");

    private BarrierDecision Take(RankCommit commit)
    {
        _staged[commit.Rank] = commit;
        if (_staged.Count < _worldSize)
            return new BarrierDecision.Wait();

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
            return string.Create(CultureInfo.InvariantCulture, $"rank {commit.Rank} has staged two different commits");

        var other = _staged.Values.FirstOrDefault(staged => staged.Boundary != commit.Boundary);
        return other is null
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"rank {commit.Rank} is at boundary {commit.Boundary}, rank {other.Rank} at boundary {other.Boundary}");
    }

    /// <summary>A rank is ahead of the barrier: all attempts before its own are aborted.</summary>
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

/// <summary>How <see cref="CheckpointBarrier"/> reacts to a report.</summary>
internal abstract record BarrierDecision
{
    private BarrierDecision()
    {
    }

    /// <summary>Other ranks have not staged yet.</summary>
    public sealed record Wait : BarrierDecision;

    /// <summary>All ranks have staged the same boundary: their commits, in order of ranks, become a session.</summary>
    public sealed record Commit(int Attempt, int Boundary, IReadOnlyList<RankCommit> Commits) : BarrierDecision;

    /// <summary>The attempt becomes no session, and its leftovers are deleted.</summary>
    public sealed record Abort(int Attempt, int Boundary, IReadOnlyList<RankCommit> Leftovers, string Cause) : BarrierDecision;

    /// <summary>The commit belongs to an aborted attempt and is deleted.</summary>
    public sealed record Discard(RankCommit Leftover) : BarrierDecision;

    /// <summary>A duplicate, or a report from another gang.</summary>
    public sealed record Ignore : BarrierDecision;
}

/// <summary>A rank's commit, durable and waiting to become part of a session.</summary>
/// <param name="Epoch">The epoch that it was staged under.</param>
/// <param name="Attempt">The number of the gang's commit, from 1: all ranks make the same ones in the same order.</param>
/// <param name="Boundary">The boundary that it holds.</param>
/// <param name="CommitId">Its name on disk.</param>
public sealed record RankCommit(int Rank, int Epoch, int Attempt, int Boundary, string CommitId);
