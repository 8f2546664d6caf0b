using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Ranks;

/// <summary>Who may start the ranks of a gang (<c>ranks.launcher</c>): a new one is a class, a line here, and its word.</summary>
internal static class RankLaunchers
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Launcher> All { get; } = [new InProcessLauncher(), new ProcessLauncher(), new MpiLauncher()];

    /// <summary>The one that a spec names.</summary>
    public static Launcher Of(RunSpec spec) => Of(spec.Ranks.Launcher);

    /// <summary>The one with a word.</summary>
    public static Launcher Of(RankLauncher word) => All.First(launcher => launcher.Word == word);
}

/// <summary>Where a launcher has ranks, and what follows from that.</summary>
/// <param name="word">Its word in a spec.</param>
internal abstract class Launcher(RankLauncher word)
{
    public RankLauncher Word => word;

    /// <summary>Whether ranks are in other processes than the one that supervises them, which then takes connections.</summary>
    public virtual bool StartsProcesses => true;

    /// <summary>Whether the ranks of one batch may be on several nodes.</summary>
    public virtual bool SpansNodes => false;

    /// <summary>Whether the end of a gang's processes may be reported before the cause of the end of one of them.</summary>
    public virtual bool EndsBeforeItsCause => false;

    /// <summary>The actor that starts the gangs of a run on this node: it answers <see cref="StartGang"/> and <see cref="EndGang"/>.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="processes">How this node starts processes of ranks.</param>
    /// <exception cref="InvalidOperationException">It has to start processes, and this node takes no connections.</exception>
    public abstract Props Places(RunContext run, RankProcesses? processes);

    private protected static RankProcesses Required(RankProcesses? processes) => processes
        ?? throw new InvalidOperationException("This node accepts no connections, so it cannot start rank processes.");
}

/// <summary>Ranks are threads of the process that supervises them.</summary>
internal sealed class InProcessLauncher() : Launcher(RankLauncher.InProcess)
{
    public override bool StartsProcesses => false;

    public override Props Places(RunContext run, RankProcesses? processes) => RankHost.Props(run);
}

/// <summary>The batches of a device are in one child process.</summary>
internal sealed class ProcessLauncher() : Launcher(RankLauncher.Process)
{
    public override Props Places(RunContext run, RankProcesses? processes) => DeviceProcess.Props(run, Required(processes));
}

/// <summary>Each rank is a process that MPI's launcher starts, on whatever host.</summary>
internal sealed class MpiLauncher() : Launcher(RankLauncher.Mpi)
{
    public override bool SpansNodes => true;

    public override bool EndsBeforeItsCause => true;

    public override Props Places(RunContext run, RankProcesses? processes) => MpiPlaces.Props(run, Required(processes));
}
