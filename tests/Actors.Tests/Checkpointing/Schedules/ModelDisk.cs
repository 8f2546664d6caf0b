using Cairn.Actors.Checkpointing;
using Cairn.Storage.Sessions;

namespace Cairn.Actors.Tests.Checkpointing.Schedules;

/// <summary>
/// A batch's catalog as the disk holds it: epoch records, ranks' commits, sessions; which of them count is decided by
/// <see cref="Lineage"/>, and which stay by <see cref="Retention"/>.
/// </summary>
internal sealed class ModelDisk(int? history)
{
    private readonly List<EpochRecord> _epochs = [];
    private readonly Dictionary<string, RankCommit> _commits = [];
    private readonly Dictionary<string, ModelSession> _sessions = [];
    private long _sequence;

    public int Highest => _epochs.Count == 0 ? 0 : _epochs.Max(e => e.Epoch);

    /// <summary>The newest session that was told to the supervisor and never declared suspect.</summary>
    public ModelSession? Reported { get; private set; }

    /// <summary>Sessions that a superseded gang linked after a newer one had begun.</summary>
    public int Late { get; private set; }

    public IReadOnlyList<ModelSession> Line => LineBelow(int.MaxValue);

    public ModelSession? NewestBelow(int epoch) => LineBelow(epoch).LastOrDefault();

    /// <summary>Claims the next number. A base of null is the initial condition.</summary>
    public EpochRecord Claim(ModelSession? from)
    {
        var record = Record(Highest + 1, from);
        ScheduleViolation.Unless(_epochs.TrueForAll(e => e.Epoch < record.Epoch), $"epoch {record.Epoch} was begun twice");
        _epochs.Add(record);
        return record;
    }

    /// <summary>Settles on a base that came to light while the number was being claimed.</summary>
    public void Settle(EpochRecord record, ModelSession? from)
    {
        _epochs[_epochs.FindIndex(e => e.Epoch == record.Epoch)] = Record(record.Epoch, from);
        var reported = Reported;
        ScheduleViolation.Unless(
            reported is null || (from is not null && IsNotOlder(from, reported)),
            $"epoch {record.Epoch} begins from {from?.Node.Id}, though {reported?.Node.Id} had been reported");
    }

    /// <summary>Newer sessions than this will not count any more.</summary>
    public void Suspect(ModelSession? from) => Reported = from;

    public void Stage(RankCommit commit) => _commits.Add(commit.CommitId, commit);

    public void Discard(IReadOnlyList<RankCommit> leftovers)
    {
        foreach (var commit in leftovers)
        {
            var session = _sessions.Values.FirstOrDefault(s => s.Commits.Contains(commit.CommitId));
            ScheduleViolation.Unless(session is null, $"{commit.CommitId} was to be discarded, and is part of {session?.Node.Id}");
            _commits.Remove(commit.CommitId);
        }
    }

    /// <summary>The commit point. What the manifest says is what the commits on disk say.</summary>
    public ModelSession Link(int epoch, int worldSize, BarrierDecision.Commit decision, string? parent)
    {
        foreach (var commit in decision.Commits)
        {
            ScheduleViolation.Unless(
                _commits.TryGetValue(commit.CommitId, out var stored) && stored == commit, $"{commit.CommitId} is not on disk as told");
        }

        ScheduleViolation.Unless(
            decision.Commits.Select(c => c.Rank).SequenceEqual(Enumerable.Range(0, worldSize)), $"a session of {epoch} lacks a rank");
        ScheduleViolation.Unless(
            decision.Commits.All(c => c.Epoch == epoch && c.Boundary == decision.Boundary && c.Attempt == decision.Attempt),
            $"a session of epoch {epoch} mixes {string.Join(", ", decision.Commits)}");
        Late += epoch < Highest ? 1 : 0;
        var id = FormattableString.Invariant($"session_{epoch}_{++_sequence}");
        var node = new SessionNode(id, epoch, _sequence, parent, DateTimeOffset.UnixEpoch.AddSeconds(_sequence));
        return _sessions[id] = new ModelSession(node, decision.Boundary, [.. decision.Commits.Select(c => c.CommitId)]);
    }

    public void Report(ModelSession session) => Reported = session;

    /// <summary>Clears up after a session, as the holder of the newest epoch.</summary>
    public void Prune(int epoch)
    {
        var counting = Line.Select(s => s.Node.Id).ToHashSet();
        var ordered = Lineage.Order([.. _sessions.Values.Select(s => s.Node)], _epochs);
        var bases = _epochs.Where(e => e.Epoch >= epoch && e.Base is not null).Select(e => e.Base!).ToHashSet();
        var plan = Retention.Plan(
            [.. ordered.Select(n => new RetainedSession(n.Id, "", counting.Contains(n.Id)))], history, bases, _ => true);
        foreach (var id in plan.Delete)
        {
            ScheduleViolation.Unless(id != Reported?.Node.Id, $"{id} was reported, is the newest, and was pruned");
            _sessions.Remove(id);
        }

        ScheduleViolation.Unless(counting.Count < 2 || Line.Count > 1, $"no older session is left to fall back on in epoch {epoch}");
    }

    /// <summary>The sessions that count lie on one line: each after the one before, in epoch, sequence and boundary.</summary>
    public void RequireLine()
    {
        foreach (var (before, after) in Line.Zip(Line.Skip(1)))
        {
            ScheduleViolation.Unless(
                before.Boundary < after.Boundary && before.Node.Epoch <= after.Node.Epoch && before.Node.Sequence < after.Node.Sequence,
                $"{after.Node.Id} at boundary {after.Boundary} follows {before.Node.Id} at boundary {before.Boundary}");
        }
    }

    private static bool IsNotOlder(ModelSession one, ModelSession other) =>
        (one.Node.Epoch, one.Node.Sequence ?? 0).CompareTo((other.Node.Epoch, other.Node.Sequence ?? 0)) >= 0;

    private static EpochRecord Record(int epoch, ModelSession? from) => new(
        epoch, from?.Node.Id, from?.Node.Epoch, from?.Node.Sequence, "host", 1, DateTimeOffset.UnixEpoch);

    private List<ModelSession> LineBelow(int epoch) =>
        [.. Lineage.Select([.. _sessions.Values.Select(s => s.Node)], [.. _epochs.Where(e => e.Epoch < epoch)])
            .Select(node => _sessions[node.Id])];
}

/// <summary>A session on disk.</summary>
internal sealed record ModelSession(SessionNode Node, int Boundary, IReadOnlyList<string> Commits);
