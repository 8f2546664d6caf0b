using Cairn.Actors.Cluster;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Ranks;

/// <summary>How a node starts processes of ranks.</summary>
/// <param name="Program">What becomes one.</param>
/// <param name="Certificate">What both ends of the connection show and demand.</param>
internal sealed record RankProcesses(RankProgram Program, ClusterCertificate Certificate)
{
    /// <summary>The variables of a process that is to come to an actor of this node.</summary>
    /// <param name="system">The node's actor system, which takes connections.</param>
    /// <param name="comesTo">The actor.</param>
    /// <param name="token">What lets it in.</param>
    /// <param name="isChild">Whether this process starts it itself.</param>
    public Dictionary<string, string> Environment(ActorSystem system, IActorRef comesTo, RankToken token, bool isChild)
    {
        var address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        var node = ActorPath.Parse(comesTo.Path.ToStringWithAddress(address));
        return new RankEnvironment(node, token.Text, Certificate, isChild ? System.Environment.ProcessId : null).Describe();
    }
}

/// <summary>Where this node has the ranks of its runs.</summary>
/// <param name="Processes">How it starts processes of ranks; null where it takes no connections.</param>
/// <param name="Isolates">
/// Whether ranks of this process would rather be in a child, which a native crash takes and not the node.
/// </param>
internal sealed record RankPlaces(RankProcesses? Processes, bool Isolates)
{
    /// <summary>Whether a run's ranks are in other processes than this one, which then loads no weights for them.</summary>
    public bool AreElsewhere(RunSpec spec) => LauncherOf(spec).StartsProcesses;

    /// <summary>The actor that starts the gangs of a run on this node.</summary>
    public Props Of(RunContext run) => LauncherOf(run.Spec).Places(run, Processes);

    private Launcher LauncherOf(RunSpec spec) => RankLaunchers.Of(spec) is var named && Isolates && !named.StartsProcesses
        ? RankLaunchers.Of(RankLauncher.Process)
        : named;
}
