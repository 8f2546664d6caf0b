using Cairn.Actors.Members;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Ranks;

// Between a supervisor and the actor that starts its ranks. A gang is identified by its batch and epoch.

/// <summary>
/// Starts the ranks of a gang whose epoch has begun. The sender receives <see cref="RanksReady"/> from each process of ranks, or
/// <see cref="GangLost"/>.
/// </summary>
/// <param name="Coordinator">Ranks take orders only from it.</param>
internal sealed record StartGang(GangStart Start, IActorRef Coordinator)
{
    /// <summary>Where ranks over MPI go, this node's host first; empty if all are on this node.</summary>
    public IReadOnlyList<HostSlots> Hosts { get; init; } = [];
}

/// <summary>The ranks of one process are created; they wait for their coordinator's order to begin.</summary>
/// <param name="First">The first of these ranks.</param>
/// <param name="Workers">One per rank, in order.</param>
internal sealed record RanksReady(MemberRange Batch, int Epoch, int First, IReadOnlyList<IActorRef> Workers);

/// <summary>The gang cannot continue: a process of its ranks ended, or could not be started.</summary>
internal sealed record GangLost(MemberRange Batch, int Epoch, GangFailure Failure);

/// <summary>Ends all ranks of a gang without making anything durable. Answered by <see cref="GangEnded"/>.</summary>
/// <param name="IsDone">Whether its ranks have ended normally.</param>
internal sealed record EndGang(MemberRange Batch, int Epoch, bool IsDone);

/// <summary>Every rank of the gang has ended, or hangs and is fenced.</summary>
/// <param name="LeftBehind">What did not end in time, for people; null if nothing.</param>
internal sealed record GangEnded(MemberRange Batch, int Epoch, string? LeftBehind);

/// <summary>What may start the ranks of a gang (<c>ranks.launcher</c>): a new one is a class, a line here, and its word.</summary>
internal static class RankLaunchers
{
    public static IReadOnlyList<Launcher> All { get; } = [new InProcessLauncher(), new ProcessLauncher(), new MpiLauncher()];

    public static Launcher Of(RunSpec spec) => Of(spec.Ranks.Launcher);

    public static Launcher Of(RankLauncher word) => All.First(launcher => launcher.Word == word);
}

/// <summary>How ranks are started, and what follows from that.</summary>
/// <param name="word">Its word in a spec.</param>
internal abstract class Launcher(RankLauncher word)
{
    public RankLauncher Word => word;

    /// <summary>Whether ranks are in other processes than their supervisor's, which then accepts connections.</summary>
    public virtual bool StartsProcesses => true;

    /// <summary>Whether the ranks of one batch may be on several nodes.</summary>
    public virtual bool SpansNodes => false;

    /// <summary>Whether the end of a gang's processes may be reported before the failure that caused it.</summary>
    public virtual bool EndsBeforeItsCause => false;

    /// <summary>The actor that starts a run's gangs on this node: it answers <see cref="StartGang"/> and <see cref="EndGang"/>.</summary>
    /// <exception cref="InvalidOperationException">It starts processes, and this node accepts no connections.</exception>
    public abstract Props Actor(RunContext run, RankProcesses? processes);

    private protected static RankProcesses Required(RankProcesses? processes) => processes
        ?? throw new InvalidOperationException("This node accepts no connections, so it cannot start rank processes.");
}

/// <summary>Ranks are threads of their supervisor's process.</summary>
internal sealed class InProcessLauncher() : Launcher(RankLauncher.InProcess)
{
    public override bool StartsProcesses => false;

    public override Props Actor(RunContext run, RankProcesses? processes) => RankHost.Props(run);
}

/// <summary>All batches of a run on a node are in one child process.</summary>
internal sealed class ProcessLauncher() : Launcher(RankLauncher.Process)
{
    public override Props Actor(RunContext run, RankProcesses? processes) => DeviceProcess.Props(run, Required(processes));
}

/// <summary>Each rank is a process that an MPI launcher starts, perhaps on another host.</summary>
internal sealed class MpiLauncher() : Launcher(RankLauncher.Mpi)
{
    public override bool SpansNodes => true;

    public override bool EndsBeforeItsCause => true;

    public override Props Actor(RunContext run, RankProcesses? processes) => MpiGangs.Props(run, Required(processes));
}

/// <summary>Chooses the launcher for a run on this node.</summary>
/// <param name="Processes">How it starts processes of ranks; null if it accepts no connections.</param>
/// <param name="Isolates">
/// Whether ranks of this process go to a child process instead, so that a native crash does not take the node with it.
/// </param>
internal sealed record LauncherChoice(RankProcesses? Processes, bool Isolates)
{
    /// <summary>Whether a run's ranks are in other processes, so that this one need not load weights.</summary>
    public bool StartsProcesses(RunSpec spec) => Of(spec).StartsProcesses;

    /// <summary>The actor that starts a run's gangs on this node.</summary>
    public Props Of(RunContext run) => Of(run.Spec).Actor(run, Processes);

    private Launcher Of(RunSpec spec) => RankLaunchers.Of(spec) is var named && Isolates && !named.StartsProcesses
        ? RankLaunchers.Of(RankLauncher.Process)
        : named;
}
