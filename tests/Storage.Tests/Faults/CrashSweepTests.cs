using Cairn.Storage.Catalog;
using Xunit.Abstractions;

namespace Cairn.Storage.Tests.Faults;

/// <summary>Power fails before every single call, and the disk comes back in any state that POSIX allows: what was reported reads back
/// whole, what was not is whole or absent, Earth2Studio's reader finds what the index promises, and the next process commits
/// again.</summary>
public sealed class CrashSweepTests(ITestOutputHelper log)
{
    private const int Seed = 20261122;

    private static readonly FaultScenario[] All =
    [
        new SoloScenario { Steps = 2 },
        new SoloScenario { Mode = CheckpointMode.Overwrite, Steps = 3 },
        new SoloScenario { History = 2, Prepared = 2, Steps = 2 },
        new SoloScenario { Epochs = true, Prepared = 2, Steps = 1 },
        new SoloScenario { Epochs = true, Mode = CheckpointMode.Overwrite, Prepared = 2, Steps = 2 },
        new GangScenario { Steps = 2 },
        new GangScenario { Mode = CheckpointMode.Overwrite, Prepared = 1, Steps = 2 },
        new GangScenario { History = 2, Prepared = 2, Steps = 1 },
        new RelayScenario { Ranks = (2, 1, 2), Steps = 2 },
        new RelayScenario { Ranks = (1, 2, 1) },
        new PruneScenario(),
        new ExportScenario(),
        new ChmScenario(),
    ];

    public static TheoryData<string> Names => [.. All.Select(s => s.ToString()!)];

    internal static FaultScenario Named(string name) => All.Single(s => s.ToString() == name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_prefix_and_omission_and_a_sample_of_mixtures_break_no_promise(string scenario) => Sweep(scenario, mixtures: 50);

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Category", "Soak")]
    public void Ten_thousand_mixtures_break_no_promise(string scenario) => Sweep(scenario, mixtures: 10_000);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_second_crash_during_recovery_breaks_no_promise(string scenario) =>
        SweepTwice(scenario, IsSmall(scenario) ? 29 : 89, outer: 0, inner: 0, omissions: false);

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Category", "Soak")]
    public void A_second_crash_anywhere_in_the_recovery_from_any_first_breaks_no_promise(string scenario) =>
        SweepTwice(scenario, IsSmall(scenario) ? 1 : 11, outer: 1, inner: 1, omissions: true);

    private static bool IsSmall(string scenario) => Named(scenario) is not (GangScenario or RelayScenario);

    private void Sweep(string scenario, int mixtures)
    {
        var findings = new CrashSweep(Named(scenario), Seed).Run(mixtures);
        log.WriteLine($"{scenario}: {findings}");
        Assert.True(findings.Violation is null, $"{scenario}: {findings.Violation}");
        Assert.InRange(findings.Points, 20, int.MaxValue);
    }

    private void SweepTwice(string scenario, int stride, int outer, int inner, bool omissions)
    {
        var findings = new CrashSweep(Named(scenario), Seed).RunTwice(stride, outer, inner, omissions);
        log.WriteLine($"{scenario}: {findings}");
        Assert.True(findings.Violation is null, $"{scenario}: {findings.Violation}");
        Assert.InRange(findings.Points, 5, int.MaxValue);
    }
}
