using Xunit.Abstractions;

namespace Cairn.Actors.Tests.Leases.Simulation;

/// <summary>
/// Nodes that lose messages (up to 30 %), hear them twice (up to 50 %), are stopped, killed and started anew, with a ledger whose clock is
/// set an hour ahead and back: once all is mended the run ends, epochs only grow, and what counts on disk is one line with all that was
/// reported on it.
/// </summary>
public sealed class SimulatedClusterTests(ITestOutputHelper log)
{
    [Fact]
    public void A_hundred_troubled_clusters_end_their_runs() => Run(100);

    [Fact]
    [Trait("Category", "Soak")]
    public void A_thousand_troubled_clusters_end_their_runs() => Run(1_000);

    private void Run(int seeds)
    {
        const int First = 20261126;
        var (kills, stops, longest) = (0, 0, 0);
        for (var seed = First; seed < First + seeds; seed++)
        {
            var world = new SimulatedWorld(seed);
            var failure = Record.Exception(world.Run);
            Assert.True(failure is null, $"seed {seed}: {failure}");
            (kills, stops, longest) = (kills + world.Kills, stops + world.Stops, Math.Max(longest, world.TicksToEnd));
        }

        log.WriteLine($"{seeds} seeds from {First} on: {kills} kills, {stops} stops, at most {longest} ticks to the end once mended");
        Assert.True(kills > 0 && stops > 0);
    }
}
