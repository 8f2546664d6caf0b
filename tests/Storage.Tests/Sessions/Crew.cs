using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;

namespace Cairn.Storage.Tests.Sessions;

[CheckpointState(Id = "tests.Batch")]
public sealed class BatchState
{
    public Dictionary<string, Shard<NdArray>> Members { get; set; } = [];
    public int Step { get; set; }
}

/// <summary>What rank 0 alone keeps.</summary>
[CheckpointState(Id = "tests.OpenChunk")]
public sealed class ChunkState
{
    public int First { get; set; }
}

/// <summary>The ranks of a batch and its coordinator without their processes, of any number, one included: what the runtime does with a
/// catalog, in the one way that there is.</summary>
internal sealed class Crew : IDisposable
{
    public const string Path = "/data/run/members";
    public static readonly string[] Keys = ["000000", "000001", "odd / key.ä"];
    public static readonly long[] Domain = [16, 3];
    private readonly List<CheckpointSession> _sessions = [];
    private readonly Func<int?, CheckpointOptions> _options;
    private readonly int _worldSize;
    private int _ids;

    public Crew(
        IDurableFiles files, int worldSize, CheckpointMode mode = CheckpointMode.Append, int? history = null, int process = 1,
        IDurableFiles? coordinatorFiles = null)
    {
        _worldSize = worldSize;
        _options = rank => new CheckpointOptions
        {
            Path = Path,
            Mode = mode,
            HistorySize = history,
            Files = rank is null ? coordinatorFiles ?? files : files,
            Time = Time,
            Rank = rank ?? 0,
            WorldSize = rank is null ? 1 : worldSize,
            Warn = Warnings.Add,
            NewId = () => $"{process:x4}{Interlocked.Increment(ref _ids):x8}",
        };
        CoordinatorFiles = coordinatorFiles ?? files;
        Catalog = new SessionCatalog(_options(null));
    }

    public IDurableFiles CoordinatorFiles { get; }
    public SessionCatalog Catalog { get; }
    public ManualTime Time { get; } = new();
    public List<CheckpointWarning> Warnings { get; } = [];
    public List<Checkpoint> Checkpoints { get; } = [];
    public List<BatchState> States { get; } = [];
    public ChunkState Chunk { get; private set; } = new();

    public IReadOnlyList<CheckpointSession> Sessions => _sessions;

    /// <summary>A whole member after a step.</summary>
    public static NdArray Member(int index, int step) =>
        NdArray.From(Enumerable.Range(0, 48).Select(i => (step * 1000.0) + (index * 100) + i).ToArray(), Domain);

    /// <summary>Begins an epoch, and lets every rank restore its part of the base.</summary>
    public Session? Start(int? epoch = null)
    {
        var record = Catalog.BeginEpoch(epoch);
        var from = record.Base is null ? null : Catalog.Find(record.Base);
        for (var rank = 0; rank < _worldSize; rank++)
        {
            var checkpoint = new Checkpoint("test", _options(rank));
            checkpoint.JoinEpoch(record.Epoch);
            var session = checkpoint.Open(from);
            var slice = DomainSlice.Part(Domain, 0, rank, _worldSize);
            var state = new BatchState { Members = Keys.ToDictionary(key => key, _ => new Shard<NdArray>(slice)) };
            States.Add(session.Bind(state).Value);
            Chunk = rank == 0 ? session.Bind(new ChunkState()).Value : Chunk;
            _sessions.Add(session);
            Checkpoints.Add(checkpoint);
        }

        return from;
    }

    /// <summary>What every rank commits at the boundary after a step; of a gang no session yet.</summary>
    public List<CheckpointRow> Stage(int step, IEnumerable<int>? ranks = null)
    {
        Time.Now += TimeSpan.FromMinutes(1);
        return [.. (ranks ?? Enumerable.Range(0, _worldSize)).Select(rank => StageRank(rank, step))];
    }

    /// <summary>The id of the session that the step's boundary became.</summary>
    public string Commit(int step)
    {
        var rows = Stage(step);
        return _worldSize == 1 ? rows[0].CommitId : Commit(rows).Id;
    }

    public Session Commit(IReadOnlyList<CheckpointRow> rows) => Catalog.Commit(
        _worldSize, [.. rows.Select(row => RankManifest.Read(Path, row.Rank, row.CommitId, Checkpoints[row.Rank].Options.Files))]);

    /// <summary>The step that was restored, after every rank's bytes were compared with the whole; 0 for a new beginning.</summary>
    public int Restored()
    {
        var step = States[0].Step;
        Assert.Equal(step, Chunk.First);
        foreach (var state in States)
        {
            Assert.Equal(step, state.Step);
            foreach (var (key, shard) in step == 0 ? [] : state.Members)
            {
                var expected = Gang.Cut(Member(Array.IndexOf(Keys, key), step), shard.Slice);
                Assert.True(expected.Data.Span.SequenceEqual(shard.Value!.Data.Span), $"{key} {shard.Slice} at step {step}");
            }
        }

        return step;
    }

    public void Dispose() => _sessions.ForEach(session => session.Dispose());

    private CheckpointRow StageRank(int rank, int step)
    {
        var state = States[rank];
        state.Step = step;
        foreach (var (key, shard) in state.Members.ToList())
            state.Members[key] = shard with { Value = Gang.Cut(Member(Array.IndexOf(Keys, key), step), shard.Slice) };

        Chunk.First = step;
        return _sessions[rank].Write(TestCatalog.LeadTime(step))!;
    }
}
