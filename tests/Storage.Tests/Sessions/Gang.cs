using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;

namespace Cairn.Storage.Tests.Sessions;

[CheckpointState(Id = "tests.Domain")]
public sealed class DomainState
{
    public Shard<NdArray>? Height { get; set; }
    public int Step { get; set; }
}

/// <summary>A gang without its processes: the coordinator's catalog and one checkpoint a rank, on one (simulated) disk.</summary>
internal sealed class Gang : IDisposable
{
    public const string Path = "/data/run/members";
    public static readonly long[] Domain = [5, 4];
    private readonly IDurableFiles _files;
    private readonly CheckpointMode _mode;
    private readonly int _process;
    private readonly string _path;
    private readonly int? _historySize;
    private readonly List<CheckpointSession> _sessions = [];
    private int _ids;

    public Gang(
        IDurableFiles files, int worldSize, CheckpointMode mode = CheckpointMode.Append, int process = 1, string path = Path,
        IDurableFiles? coordinatorFiles = null, int? historySize = null)
    {
        (_files, _mode, _process, _path, WorldSize, _historySize) = (files, mode, process, path, worldSize, historySize);
        Catalog = new SessionCatalog(Options(null) with { Files = coordinatorFiles ?? files });
    }

    public int WorldSize { get; }
    public SessionCatalog Catalog { get; }
    public ManualTime Time { get; } = new();
    public List<CheckpointWarning> Warnings { get; } = [];
    public List<Checkpoint> Checkpoints { get; } = [];
    public List<DomainState> States { get; } = [];

    /// <summary>The values of the whole field after a step.</summary>
    public static double[] Height(int step, int count = 20) => [.. Enumerable.Range(0, count).Select(i => (step * 1000.0) + i)];

    public static NdArray Cut(NdArray whole, DomainSlice slice)
    {
        var part = new NdArray(whole.DType, slice.Shape, new byte[slice.Elements * whole.DType.ItemSize]);
        BoxCopy.Copy(whole.Data.Span, DomainSlice.Whole(whole.Shape), part.Data.Span, slice, slice, whole.DType.ItemSize);
        return part;
    }

    /// <summary>Begins the next epoch and lets every rank restore its part of the base.</summary>
    public Session? Start(int? epoch = null)
    {
        var record = Catalog.BeginEpoch(epoch);
        var session = record.Base is null ? null : Catalog.Find(record.Base);
        Join(record.Epoch, session);
        return session;
    }

    public void Join(int epoch, Session? session)
    {
        for (var rank = 0; rank < WorldSize; rank++)
        {
            var checkpoint = new Checkpoint("test", Options(rank));
            if (epoch > 0)
                checkpoint.JoinEpoch(epoch);

            var opened = checkpoint.Open(session);
            var state = new DomainState { Height = new Shard<NdArray>(DomainSlice.Part(Domain, 0, rank, WorldSize)) };
            States.Add(opened.Bind(state).Value);
            _sessions.Add(opened);
            Checkpoints.Add(checkpoint);
        }
    }

    /// <summary>What the ranks stage at the boundary after a step.</summary>
    public List<RankManifest> Stage(int step, Func<int, int>? hoursOf = null)
    {
        Time.Now += TimeSpan.FromMinutes(1);
        return [.. Enumerable.Range(0, WorldSize).Select(rank => StageRank(rank, step, hoursOf?.Invoke(rank) ?? step))];
    }

    public RankManifest StageRank(int rank, int step, int hours)
    {
        var whole = NdArray.From(Height(step), Domain);
        var state = States[rank];
        state.Step = step;
        state.Height = state.Height! with { Value = Cut(whole, state.Height.Slice) };
        var row = _sessions[rank].Write(TestCatalog.LeadTime(hours))!;
        return RankManifest.Read(_path, rank, row.CommitId, _files);
    }

    public Session Commit(int step) => Catalog.Commit(WorldSize, Stage(step));

    /// <summary>The step that all ranks have restored, after comparing every value; null when they began anew.</summary>
    public int? Restored()
    {
        var step = States[0].Step;
        foreach (var state in States)
        {
            Assert.Equal(step, state.Step);
            if (step > 0)
            {
                var expected = Cut(NdArray.From(Height(step), Domain), state.Height!.Slice);
                Assert.Equal(expected.AsSpan<double>().ToArray(), state.Height.Value!.AsSpan<double>().ToArray());
            }
        }

        return step == 0 ? null : step;
    }

    public void Dispose()
    {
        foreach (var session in _sessions)
            session.Dispose();
    }

    public CheckpointOptions Options(int? rank) => new()
    {
        Path = _path,
        Mode = _mode,
        HistorySize = _historySize,
        Files = _files,
        Time = Time,
        Rank = rank ?? 0,
        WorldSize = rank is null ? 1 : WorldSize,
        Warn = Warnings.Add,
        NewId = () => $"{_process:x4}{Interlocked.Increment(ref _ids):x8}",
    };
}
