using System.Globalization;
using Cairn.Actors.Cluster;
using Cairn.Actors.Nodes;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors;

/// <summary>What a worker node is and goes by.</summary>
/// <param name="Name">What people call it; null for the host's name.</param>
/// <param name="Slots">Ranks that it steps side by side; null for one a core.</param>
/// <param name="Labels">What runs may ask for.</param>
/// <param name="InProcess">Whether gangs are stepped in this process, rather than in a child that a native crash may take.</param>
/// <param name="Cluster">What people call the cluster.</param>
public sealed record WorkerOptions(string? Name, int? Slots, IReadOnlyList<string> Labels, bool InProcess, string Cluster)
{
    /// <summary>The libtorch of this machine.</summary>
    public required LibtorchHere Torch { get; init; }
}

/// <summary>A node in this process that takes grants of a registry wherever that is: what <c>cairn worker</c> hosts.</summary>
public sealed class WorkerNode : IAsyncDisposable
{
    private readonly TaskCompletionSource<NodeLeft> _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NodeRuns _runs;
    private readonly IActorRef _node;
    private string _id = "";

    /// <param name="system">The actor system, which takes connections.</param>
    /// <param name="registry">Passes messages on to the registry.</param>
    /// <param name="address">This process's address in the cluster, with '#' and its uid.</param>
    /// <param name="certificate">What both ends of every connection show and demand.</param>
    /// <param name="options">What the node is.</param>
    /// <param name="say">Tells the node's user a line; called from several threads.</param>
    public WorkerNode(
        ActorSystem system, IActorRef registry, string address, ClusterCertificate certificate, WorkerOptions options, Action<NodeLine> say)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        var processes = new RankProcesses(RankProgram.OfThisProcess(), certificate);
        void Tell(NodeLine line) => say(line with { Node = line.Node ?? Volatile.Read(ref _id) });
        _runs = new NodeRuns(
            (id, spec, fresh) => SharedRun.Load(
                id, spec, fresh, options.Cluster, new RankPlaces(processes, Isolates: !options.InProcess), new NodeLines(id, Tell)),
            isPatient: true);
        NodeInfo Another()
        {
            var node = WorkerIdentity.Of(options.Name, options.Slots, options.Labels, options.Torch, address);
            Volatile.Write(ref _id, node.Id);
            return node;
        }

        Node = Another();
        var first = Node;
        var setup = new NodeSetup(() => Interlocked.Exchange(ref first, null!) ?? Another(), registry, _runs)
        {
            Load = static () => LoadAverage(),
            Say = Tell,
            Left = left => _left.TrySetResult(left),
        };
        _node = system.ActorOf(NodeSupervisor.Props(setup), "node");
    }

    /// <summary>What it is; after it was dismissed it comes again under another id.</summary>
    public NodeInfo Node { get; }

    /// <summary>Ends when the node has left: it was drained, by <see cref="Drain"/> or through the registry.</summary>
    public Task<NodeLeft> Left => _left.Task;

    /// <summary>Takes no more batches, hands back those it has at their next boundaries, and leaves.</summary>
    /// <param name="reason">Why, for people.</param>
    public void Drain(string reason) => _node.Tell(new NodeDrain(reason), ActorRefs.NoSender);

    /// <summary>Ends at once what has not been handed back yet.</summary>
    public void Abandon() => _node.Tell(new AbandonNode(), ActorRefs.NoSender);

    /// <summary>Lets go of the runs that it has loaded. Dispose of the actor system before.</summary>
    public async ValueTask DisposeAsync() => await _runs.DisposeAsync().ConfigureAwait(false);

    private static double? LoadAverage() =>
        File.Exists("/proc/loadavg") && double.TryParse(
            File.ReadAllText("/proc/loadavg").Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
            ? load
            : null;

    /// <summary>What happens to the batches of a run on this node, a line each.</summary>
    private sealed class NodeLines(string run, Action<NodeLine> say) : IRunObserver
    {
        public void On(RunEvent runEvent)
        {
            if (NodeLine.Of(runEvent, run) is { } line)
            {
                say(line);
            }
        }
    }
}
