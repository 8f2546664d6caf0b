using Cairn.Storage.Tests.Durable;
using Xunit.Abstractions;

namespace Cairn.Storage.Tests.Faults;

/// <summary>The sweeps would be worth nothing if they passed without the fsyncs: leave out each in turn, and the sweep must find a broken
/// promise.</summary>
public sealed class ForgottenFsyncTests(ITestOutputHelper log)
{
    private const int Seed = 20261123;

    [Theory]
    [InlineData("Append 2 after 0")]
    public void Each_fsync_is_missed(string scenario) => Forget(scenario);

    [Theory]
    [InlineData("export")]
    [InlineData("prune by hand")]
    [InlineData("CHM 2")]
    [InlineData("Overwrite 3 after 0")]
    [InlineData("Append history 2 2 after 2")]
    [InlineData("Append epochs 1 after 2")]
    [InlineData("2 ranks Append 2 after 0")]
    [InlineData("2 ranks Overwrite 2 after 1")]
    [Trait("Category", "Soak")]
    public void Each_fsync_of_the_longer_protocols_is_missed(string scenario) => Forget(scenario);

    private void Forget(string name)
    {
        var scenario = CrashSweepTests.Named(name);
        var syncs = Syncs(scenario);
        var unmissed = new List<string>();
        for (var i = 0; i < syncs.Count; i++)
        {
            // What is fsynced again may be forgotten once; then it must be missed when it is forgotten altogether.
            var (number, path) = (i, syncs[i]);
            var missed = IsMissed(scenario, (at, _) => at == number)
                || (syncs.Count(s => s == path) > 1 && IsMissed(scenario, (_, at) => at == path));
            if (!missed && !IsDoneByTheOther(name, path))
                unmissed.Add($"number {i}, {path}");
        }

        log.WriteLine($"{name}: {syncs.Count} fsyncs, {unmissed.Count} of them not missed");
        Assert.True(unmissed.Count == 0, $"{name}, seed {Seed}: nobody misses the fsync of\n{string.Join('\n', unmissed)}");
    }

    /// <summary>Pruning renames out of <c>commits/</c> into the folder above. On this disk the fsync of that one takes the rename along; no
    /// standard promises it, so that both are asked for. And what an earlier process made above the catalog, it made durable; one that died
    /// before it could is another scenario, of those that begin with an empty disk.</summary>
    private static bool IsDoneByTheOther(string scenario, string path) =>
        (scenario == "prune by hand" && path.EndsWith("/commits", StringComparison.Ordinal))
        || (scenario.Contains(" after ", StringComparison.Ordinal) && !scenario.EndsWith(" after 0", StringComparison.Ordinal)
            && path is "/" or "/data" or "/data/run");

    private static List<string> Syncs(FaultScenario scenario)
    {
        var told = new Told();
        var files = new SkippingFiles(scenario.Prepare(told), (_, _) => false);
        scenario.Run(files, told);
        return files.Syncs;
    }

    private static bool IsMissed(FaultScenario scenario, Func<int, string, bool> forgets) =>
        new CrashSweep(scenario, Seed).Run(mixtures: 100, files => new SkippingFiles(files, forgets)).Violation is not null;
}
