using System.Globalization;
using Cairn.Actors.Leases;
using Cairn.Actors.Nodes;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Ledger;

namespace Cairn.Actors;

/// <summary>What a worker node is and goes by.</summary>
/// <param name="Node">What it registers as.</param>
/// <param name="Times">How long its leases last.</param>
/// <param name="InProcess">Whether gangs are stepped in this process, rather than in a child that a native crash may take.</param>
/// <param name="LedgerName">What people call the ledger.</param>
public sealed record WorkerOptions(NodeRegistration Node, LeaseTimes Times, bool InProcess, string LedgerName);

/// <summary>A node of a cluster in this process: what <c>cairn worker</c> hosts.</summary>
public sealed class ClusterWorker : IAsyncDisposable
{
    private readonly TaskCompletionSource<NodeDrained> _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorSystem _system;
    private readonly LoadedRuns _runs;
    private readonly IActorRef _node;

    /// <param name="ledger">The ledger, which stays the caller's.</param>
    /// <param name="options">What the node is.</param>
    /// <param name="say">Tells the node's user a line; called from several threads.</param>
    public ClusterWorker(IRunLedger ledger, WorkerOptions options, Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(options);
        _system = ActorSystem.Create("cairn");
        _runs = new LoadedRuns(claimed => LoadedRun.Load(
            claimed, new RunOptions { Owner = RunOwnership.Of(claimed, options.LedgerName) }, options.InProcess,
            new NodeLines(say)));
        var slots = _system.ActorOf(Props.Create(() => new NodeSupervisor(options.Node.Slots)), "slots");
        var (work, left) = (new LeaseWork(ledger, slots, _runs, TimeProvider.System, say), _left);
        _node = _system.ActorOf(
            Props.Create(() => new ClusterNode(
                options.Node, options.Times, work, static () => BootClock.Now, static () => LoadAverage(),
                drained => left.TrySetResult(drained))),
            "node");
    }

    /// <summary>Ends when the node has left: it was drained, by <see cref="Drain"/> or through the ledger.</summary>
    public Task<NodeDrained> Left => _left.Task;

    /// <summary>Takes no more batches, hands back those it has at their next boundaries, and leaves.</summary>
    /// <param name="reason">Why, for people.</param>
    public void Drain(string reason) => _node.Tell(new DrainNode(reason), ActorRefs.NoSender);

    /// <summary>Ends at once what has not been handed back yet.</summary>
    public void Abandon() => _node.Tell(new AbandonNode(), ActorRefs.NoSender);

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate().ConfigureAwait(false);
        await _runs.DisposeAsync().ConfigureAwait(false);
    }

    private static double LoadAverage() =>
        File.Exists("/proc/loadavg") && double.TryParse(
            File.ReadAllText("/proc/loadavg").Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
            ? load
            : double.NaN;

    /// <summary>What concerns a run while none of its batches is worked on.</summary>
    private sealed class NodeLines(Action<string> say) : IRunObserver
    {
        public void On(RunEvent runEvent)
        {
            if (runEvent is RunWarning warning)
            {
                say(warning.Text);
            }
        }
    }
}
