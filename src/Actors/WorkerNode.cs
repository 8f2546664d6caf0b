using System.Globalization;
using Cairn.Actors.Cluster;
using Cairn.Actors.Nodes;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors;

/// <summary>A worker node's options.</summary>
/// <param name="Name">Its name for people; null for the host's name.</param>
/// <param name="Slots">Ranks that it steps concurrently; null for one per core.</param>
/// <param name="Labels">Labels that runs may require.</param>
/// <param name="InProcess">Whether gangs run in this process; otherwise in a child process, so that a native crash does not end the
/// node.</param>
/// <param name="Cluster">The cluster's name for people.</param>
public sealed record WorkerOptions(string? Name, int? Slots, IReadOnlyList<string> Labels, bool InProcess, string Cluster)
{
    /// <summary>The libtorch of this machine.</summary>
    public required LocalLibtorch Torch { get; init; }
}

/// <summary>A node in this process that accepts grants of a registry elsewhere: the host of <c>cairn worker</c>.</summary>
public sealed class WorkerNode : IAsyncDisposable
{
    private readonly TaskCompletionSource<NodeLeft> _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NodeRuns _runs;
    private readonly IActorRef _node;
    private string _id = "";

    /// <param name="system">The actor system, which accepts connections.</param>
    /// <param name="registry">The registry or a proxy of it.</param>
    /// <param name="address">This process's address in the cluster, with '#' and its uid.</param>
    /// <param name="certificate">Both ends of every connection must show it.</param>
    /// <param name="options">The node's options.</param>
    /// <param name="say">Writes a line to the node's log; called from several threads.</param>
    public WorkerNode(
        ActorSystem system, IActorRef registry, string address, ClusterCertificate certificate, WorkerOptions options, Action<NodeLine> say)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        var processes = new RankProcesses(RankProgram.OfThisProcess(), certificate);
        void Tell(NodeLine line) => say(line with { Node = line.Node ?? Volatile.Read(ref _id) });
        _runs = new NodeRuns(
            (id, spec, fresh) => SharedRun.Load(
                id, spec, fresh, options.Cluster, new LauncherChoice(processes, Isolates: !options.InProcess), new NodeLines(id, Tell)),
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

    /// <summary>Its description; after a dismissal it restarts under another id.</summary>
    public NodeInfo Node { get; }

    /// <summary>Completes when the node has left, after <see cref="Drain"/> or a drain through the registry.</summary>
    public Task<NodeLeft> Left => _left.Task;

    /// <summary>Accepts no more batches, hands back its batches at their next boundaries, and leaves.</summary>
    /// <param name="reason">Why, for people.</param>
    public void Drain(string reason) => _node.Tell(new NodeDrain(reason), ActorRefs.NoSender);

    /// <summary>Ends at once what has not been handed back yet.</summary>
    public void Abandon() => _node.Tell(new AbandonNode(), ActorRefs.NoSender);

    /// <summary>Releases the loaded runs. Dispose of the actor system first.</summary>
    public async ValueTask DisposeAsync() => await _runs.DisposeAsync().ConfigureAwait(false);

    private static double? LoadAverage() =>
        File.Exists("/proc/loadavg") && double.TryParse(
            File.ReadAllText("/proc/loadavg").Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
            ? load
            : null;

    /// <summary>Writes a line for each event of a run on this node.</summary>
    private sealed class NodeLines(string run, Action<NodeLine> say) : IRunObserver
    {
        public void On(RunEvent runEvent)
        {
            if (NodeLine.Of(runEvent, run) is { } line)
                say(line);
        }
    }
}
