using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Nodes;

/// <summary>What a node works with.</summary>
/// <param name="Identity">What it is; asked again, with a new id, when it has to come again as another.</param>
/// <param name="Registry">The registry, or what passes messages on to it wherever it is.</param>
/// <param name="Runs">The runs as this process has them.</param>
internal sealed record NodeSetup(Func<NodeInfo> Identity, IActorRef Registry, NodeRuns Runs)
{
    /// <summary>How often it says what it holds.</summary>
    public TimeSpan BetweenHellos { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The machine's load average over a minute; null where it is not known.</summary>
    public Func<double?> Load { get; init; } = static () => null;

    /// <summary>Tells the node's user a line; called from several threads.</summary>
    public Action<NodeLine> Say { get; init; } = static _ => { };

    /// <summary>Is told, once, that the node holds nothing any more, and that the registry knows that it leaves.</summary>
    public Action<NodeLeft> Left { get; init; } = static _ => { };
}

/// <summary>A node has left.</summary>
/// <param name="Reason">Why it was drained.</param>
/// <param name="Abandoned">Batches that were ended before they came to a boundary.</param>
public sealed record NodeLeft(string Reason, int Abandoned);

/// <summary>
/// Ends at once what a node that drains has not handed back yet: the steps since its last sessions are another's to repeat.
/// </summary>
internal sealed record AbandonNode : INoSerializationVerificationNeeded;

/// <summary>A run as a process has it: its model loaded once, for all of its work here.</summary>
internal interface INodeRun : IAsyncDisposable
{
    /// <summary>Is told what concerns the run and no batch alone.</summary>
    SharedObserver Observer { get; }

    /// <summary>Lays the run's folder out, or finds it as it was left.</summary>
    /// <exception cref="CairnException">It is another's, or was begun with another spec.</exception>
    IReadOnlyList<BatchOnDisk> Open();

    /// <summary>What a batch is stepped with, and the place of its ranks.</summary>
    /// <exception cref="CairnException">It cannot be had here.</exception>
    (RunContext Parts, Props Ranks) Attach();

    /// <summary>Ends a run whose batches have all ended: draws what is committed, derives what is complete, lets its folder go.</summary>
    void Close(ClosingGrant grant);
}
