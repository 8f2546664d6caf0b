using Cairn.Engine.Models;
using Cairn.Engine.Models.ShallowWater;
using Cairn.Engine.Ranks;
using Cairn.Engine.Torch;

namespace Cairn.Bench.Ranks;

/// <summary>What one rank measures; all ranks of a gang measure together, and rank 0 tells.</summary>
internal static class RankTimes
{
    /// <summary>Bytes that a rank sends to either neighbour in <see cref="ExchangeMicroseconds"/>.</summary>
    public const int HaloBytes = 1440;

    private const int Rounds = 9;

    /// <summary>Exchanges in a round: short, so that on a busy machine the least one has had all cores.</summary>
    private const int Exchanges = 500;

    /// <summary>One exchange with both neighbours, which is two messages each way: the median of some rounds, and the least.</summary>
    public static (double Median, double Least) ExchangeMicroseconds(ICommunicator ranks, int rounds)
    {
        var (toPrevious, fromPrevious, toNext, fromNext) = (Halo(), Halo(), Halo(), Halo());
        return Measure(rounds, Exchanges, () => ranks.Exchange(toPrevious, fromPrevious, toNext, fromNext), perCall: 1000);
    }

    /// <summary>One message between ranks 0 and 1 each way at once: what a halo costs one way.</summary>
    public static (double Median, double Least) OneWayMicroseconds(ICommunicator ranks, int rounds)
    {
        PeerBytes[] peers = ranks is { Size: > 1, Rank: < 2 } ? [new(1 - ranks.Rank, 0, HaloBytes, 0, HaloBytes)] : [];
        var (outgoing, incoming) = (Halo(), Halo());
        return Measure(rounds, Exchanges, () => ranks.Exchange(peers, outgoing, incoming), perCall: 1000);
    }

    /// <summary>One step of the shallow-water model on a plane of so many points each way, float64, one member.</summary>
    public static (double Median, double Least) StepMilliseconds(ICommunicator? ranks, int points, int steps)
    {
        var plane = new ShallowWaterPlane { Columns = points, Rows = points };
        using var whole = new ShallowWaterModel(new ShallowWaterOptions { Plane = plane });
        using IPrognosticModel model = ranks is null ? whole : whole.Cut(ranks);
        using var fields = Tensors.From(ShallowWaterCases.Make(ShallowWaterCases.SineWaves, plane), 1, 3, points, points);
        var state = model.Initialize(fields);
        var result = Measure(Rounds, steps, () =>
        {
            var next = model.Step(state);
            state.Dispose();
            state = next;
        }, perCall: 1);
        state.Dispose();
        return result;
    }

    private static (double Median, double Least) Measure(int rounds, int calls, Action call, double perCall)
    {
        var times = new List<double>();
        for (var round = -1; round < rounds; round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < calls; i++)
                call();

            // The first round warms caches and the just-in-time compiler, and does not count.
            if (round >= 0)
                times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds * perCall / calls);
        }

        times.Sort();
        return (times[rounds / 2], times[0]);
    }

    private static byte[] Halo() => new byte[HaloBytes];
}
