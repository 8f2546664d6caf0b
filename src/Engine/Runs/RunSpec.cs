using System.Runtime.InteropServices;

namespace Cairn.Engine.Runs;

/// <summary>
/// One submitted job, resolved: every default filled in, every path absolute, every cross check passed. Made by <see cref="RunSpecReader"/>
/// from HOCON and by <see cref="RunSpecJson"/> from a run's <c>run.json</c>. Immutable; change it with <c>with</c>.
/// </summary>
public sealed record RunSpec
{
    /// <summary>The run's name: letters, digits, dot, underscore and hyphen.</summary>
    public required string Name { get; init; }

    /// <summary>What is stepped, and how.</summary>
    public required ModelSpec Model { get; init; }

    /// <summary>What is derived from the output at each boundary, in this order.</summary>
    public IReadOnlyList<DiagnosticSpec> Diagnostics { get; init; } = [];

    /// <summary>Where the initial condition comes from.</summary>
    public required InitialSpec Initial { get; init; }

    /// <summary>The boundaries after lead time zero.</summary>
    public required LeadTimeSpec LeadTimes { get; init; }

    /// <summary>Members, how they are cut into batches, and how they differ.</summary>
    public required EnsembleSpec Ensemble { get; init; }

    /// <summary>How a batch's domain is cut.</summary>
    public required RankSpec Ranks { get; init; }

    /// <summary>Where and how often sessions are committed.</summary>
    public required CheckpointSpec Checkpoint { get; init; }

    /// <summary>Where fields are written.</summary>
    public required OutputSpec Output { get; init; }

    /// <summary>What becomes of batches that fail.</summary>
    public SupervisionSpec Supervision { get; init; } = new();

    /// <summary>Faults that the run brings about on purpose.</summary>
    public IReadOnlyList<RehearsalSpec> Rehearsal { get; init; } = [];

    /// <summary>What this machine gives to the run.</summary>
    public required NodeSpec Node { get; init; }

    /// <summary>Which nodes of a cluster may have it, and when.</summary>
    public PlacementSpec Placement { get; init; } = new();

    /// <summary>
    /// How many model steps lie between two boundaries; <c>lead-times.every</c> is a whole multiple of <c>model.step</c>.
    /// </summary>
    public long StepsPerBoundary => LeadTimes.Every.Ticks / Model.Step.Ticks;

    /// <summary>How many batches the ensemble is cut into; the last one may be smaller than the others.</summary>
    public int BatchCount => (int)(((long)Ensemble.Size + Ensemble.BatchSize - 1) / Ensemble.BatchSize);
}

/// <summary>How a batch's domain is cut into ranks.</summary>
/// <param name="Count">Ranks per batch, from 1.</param>
/// <param name="Launcher">Who starts the ranks.</param>
public sealed record RankSpec(int Count, RankLauncher Launcher)
{
    /// <summary>The usual <see cref="Command"/>.</summary>
    public const string UsualCommand = "{mpiexec} -n {count} {rank}";

    /// <summary>
    /// What starts the ranks of a gang over MPI: words, in which <c>{count}</c> stands for their number, <c>{rank}</c> for the command
    /// that becomes one of them, and <c>{mpiexec}</c> for the one that is found (<see cref="Ranks.Mpiexec"/>).
    /// </summary>
    public string Command { get; init; } = UsualCommand;
}

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
