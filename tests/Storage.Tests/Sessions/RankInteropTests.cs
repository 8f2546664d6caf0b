using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>Earth2Studio's own code opens every rank folder of a gang and goes on from it. Needs its <c>checkpoint.py</c>, named by
/// CAIRN_EARTH2STUDIO_CHECKPOINT; skipped without.</summary>
public sealed class RankInteropTests : IDisposable
{
    private const string Script = """
        from dataclasses import dataclass
        import numpy as np

        @dataclass
        class Domain:
            height: np.ndarray | None
            step: int

        Domain.__module__, Domain.__qualname__ = 'tests', 'Domain'
        rank = int(sys.argv[3])
        c = original.Checkpoint('test', path=sys.argv[2], mode='append', rank=rank, world_size=2)
        state = Domain(None, 0)
        with c as session:
            bound = session.bind(state)
            assert bound.checkpoint_state_loaded, 'the hashes differ'
            print(session.write_count, state.step, state.height.dtype, state.height.shape, state.height.ravel().tolist())
            assert session.lead_time == np.timedelta64(2, 'h'), session.lead_time
            state.step = 3
            state.height = state.height + 1000
            session.write(lead_time=np.timedelta64(3, 'h'))
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void Sessions_go_from_a_gang_to_Earth2Studios_ranks_and_back()
    {
        _ = EarthStudio.Code();
        var path = Path.Combine(_directory.Path, "members");
        using (var gang = new Gang(new PosixFiles(), 2, path: path))
        {
            gang.Start();
            gang.Commit(1);
            gang.Commit(2);
            gang.Stage(9);
        }

        for (var rank = 0; rank < 2; rank++)
        {
            var printed = EarthStudio.Run(Script, path, rank == 0 ? "0" : "1");
            var part = Gang.Cut(NdArray.From(Gang.Height(2), Gang.Domain), DomainSlice.Part(Gang.Domain, 0, rank, 2));
            Assert.Equal(
                $"2 2 float64 ({part.Shape[0]}, 4) [{string.Join(", ", part.AsSpan<double>().ToArray().Select(v => $"{v:F1}"))}]",
                printed.Trim());
        }

        using var next = new Gang(new PosixFiles(), 2, path: path, process: 2);
        var session = next.Start()!;
        Assert.Equal((3, 0, TimeSpan.FromHours(3)), (session.WriteCount, session.Epoch, session.LeadTime));
        Assert.Equal(3, next.Restored());
        Assert.Equal([1, 2, 3, 4], Committed(next));
    }

    private static IEnumerable<int> Committed(Gang gang)
    {
        gang.Commit(4);
        return gang.Catalog.Read().Sessions.Select(s => s.WriteCount);
    }
}
