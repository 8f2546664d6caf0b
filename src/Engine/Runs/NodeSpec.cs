namespace Cairn.Engine.Runs;

/// <summary>What this machine gives to the run.</summary>
/// <param name="Slots">How many ranks are stepped side by side, or null to let the machine decide (<c>auto</c>).</param>
public sealed record NodeSpec(int? Slots)
{
    /// <summary>How long this process may live; null to ask the batch system (<c>auto</c>).</summary>
    public TimeSpan? WallClockLimit { get; init; }

    /// <summary>How long before that limit a run stops at a boundary.</summary>
    public TimeSpan WallClockMargin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Signals that mean what SIGTERM does: stop at the next boundary.</summary>
    public WarningSignals StopSignals { get; init; } = WarningSignals.All;
}

/// <summary>Signals by which batch systems warn of a limit; by themselves they end a process.</summary>
[Flags]
public enum WarningSignals
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>SIGUSR1, as of Slurm's <c>--signal=USR1@120</c>.</summary>
    Usr1 = 1,

    /// <summary>SIGUSR2.</summary>
    Usr2 = 2,

    /// <summary>SIGXCPU: the time of the processor is used up.</summary>
    Xcpu = 4,

    /// <summary>All of them.</summary>
    All = Usr1 | Usr2 | Xcpu,
}

/// <summary>What the system calls these signals.</summary>
public static class WarningSignalNumbers
{
    private static readonly (WarningSignals Signal, int Number)[] OnLinux =
        [(WarningSignals.Usr1, 10), (WarningSignals.Usr2, 12), (WarningSignals.Xcpu, 24)];

    /// <summary>Linux's numbers, which .NET takes as they are.</summary>
    public static IEnumerable<PosixSignal> Numbers(this WarningSignals signals) =>
        OnLinux.Where(s => signals.HasFlag(s.Signal)).Select(s => (PosixSignal)s.Number);
}

/// <summary>The settings of <c>node</c> that runs and workers have.</summary>
internal static class NodeSettings
{
    private static readonly WarningSignals[] Single = [WarningSignals.Usr1, WarningSignals.Usr2, WarningSignals.Xcpu];

    private static readonly NodeSpec Usual = new(null as int?);

    public static readonly SettingSection<NodeSpec> Section = new("node", spec => spec.Node);

    private static readonly Setting<int?> Slots = Section.Add(
        "slots", IntegerOr("auto", "how many ranks are stepped side by side"), n => n.Slots, usual: null,
        help: "How many ranks are stepped side by side on this machine, or auto: cores / model.threads.");

    private static readonly Setting<TimeSpan?> WallClockLimit = Section.Add(
        "wall-clock-limit",
        Or("auto", Duration("12h"), "a duration greater than zero with its unit, such as 12h, or auto"), n => n.WallClockLimit, usual: null,
        help: "How long this process may run before it stops at a boundary and exits with 3, or auto: until the end of the Slurm job, or "
            + "for the time in CHM_WALLCLOCK_LIMIT ([days-]hh:mm:ss), whichever comes first; without either, no limit.");

    private static readonly Setting<TimeSpan> WallClockMargin = Section.Add(
        "wall-clock-margin", Duration("2m"), n => n.WallClockMargin, usual: Usual.WallClockMargin,
        help: "How long before that limit the run stops.");

    private static readonly Setting<WarningSignals> StopSignals = Section.Add(
        "stop-signals", SignalList(), n => n.StopSignals, usual: WarningSignals.All,
        help: "Signals that, like SIGTERM, stop the run at the next boundary: usr1, usr2 and xcpu, with which Slurm and others warn of a "
            + "limit. A signal that is left out ends the process.");

    public static NodeSpec Read(SettingReader reader) => new(reader.Get(Slots))
    {
        WallClockLimit = reader.Get(WallClockLimit),
        WallClockMargin = reader.Get(WallClockMargin),
        StopSignals = reader.Get(StopSignals),
    };

    private static SettingType<WarningSignals> SignalList()
    {
        var words = Single.ToDictionary(signal => SpecText.Word(signal));
        return new SettingType<WarningSignals>(
            "list of words", $"a list of some of {string.Join(", ", words.Keys)}; [] for none",
            (SettingReader _, string _, HoconValue value, out WarningSignals signals) =>
            {
                var named = value is HoconArray array ? array.Items.Select(i => (i as HoconScalar)?.Text ?? "").ToList() : [""];
                var areGood = named.TrueForAll(words.ContainsKey);
                signals = areGood ? named.Aggregate(WarningSignals.None, (all, name) => all | words[name]) : WarningSignals.All;
                return areGood;
            },
            signals => List([.. Single.Where(s => signals.HasFlag(s)).Select(s => SpecText.Word(s))]));
    }
}
