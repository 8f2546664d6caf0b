using Xunit.Abstractions;

namespace Cairn.Actors.Tests.Runs.Simulation;

/// <summary>
/// The real book, decisions, placement and table of nodes among nodes that lose messages (up to 30 %), hear them twice (up to 50 %), are
/// stopped, killed, removed while they live and started anew, with a registry whose journal fails and whose process dies: once all is
/// mended
/// the run ends, epochs only grow, no grant is given twice, nothing is counted twice, and what counts on disk is one line with all that was
/// acknowledged on it.
/// </summary>
public sealed class SimulatedRunTests(ITestOutputHelper log)
{
    [Fact]
    public void A_thousand_troubled_clusters_end_their_runs()
    {
        const int First = 20261129, Seeds = 1_000;
        var (kills, stops, crashes, longest) = (0, 0, 0, 0);
        for (var seed = First; seed < First + Seeds; seed++)
        {
            var world = new SimulatedWorld(seed);
            var failure = Record.Exception(world.Run);
            Assert.True(failure is null, $"seed {seed}: {failure}");
            (kills, stops, crashes) = (kills + world.Kills, stops + world.Stops, crashes + world.Crashes);
            longest = Math.Max(longest, world.TicksToEnd);
        }

        log.WriteLine($"{Seeds} seeds from {First} on: {kills} kills, {stops} stops, {crashes} crashes of the registry, "
            + $"at most {longest} ticks to the end once mended");
        Assert.True(kills > 0 && stops > 0 && crashes > 0);
    }
}
