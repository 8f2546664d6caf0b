using Cairn.Actors.Members;
using Cairn.Actors.Remote;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>A run of the ledger as one node has it: its model loaded once, for all batches that the node works on.</summary>
internal sealed class LoadedRun : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly RunHost _host;
    private readonly bool _inProcess;
    private RunParts? _parts;
    private IGangLauncher? _launcher;

    private LoadedRun(RunHost host, SharedObserver observer, bool inProcess) => (_host, Observer, _inProcess) = (host, observer, inProcess);

    /// <summary>Is told what concerns the run and no batch alone.</summary>
    public SharedObserver Observer { get; }

    /// <summary>Reads the initial condition and loads the model.</summary>
    /// <param name="claimed">A batch of the run.</param>
    /// <param name="options">How runs are carried out here.</param>
    /// <param name="inProcess">Whether gangs are stepped in this process where the spec does not ask for MPI.</param>
    /// <param name="node">Tells the node's user.</param>
    /// <exception cref="CairnException">It cannot be had here.</exception>
    public static LoadedRun Load(ClaimedBatch claimed, RunOptions options, bool inProcess, IRunObserver node)
    {
        var observer = new SharedObserver(node);
        var spec = RunSpecJson.Read(claimed.Spec, $"the spec of {claimed.Lease.Batch.RunId}");
        return new LoadedRun(RunHost.Create(spec, options, observer), observer, inProcess);
    }

    /// <summary>Takes the run's folder for as long as what is returned lives, to lay it out or to end it.</summary>
    /// <param name="closing">Whether nothing more is computed: this machine's numerics do not matter then.</param>
    /// <exception cref="CairnException">It is another's, or was begun with another spec.</exception>
    public OpenRun Open(bool closing = false) => _host.Open(closing);

    /// <summary>
    /// What a batch is stepped with. The run must have been opened, by whichever node; that this one has the same inputs and numerics is
    /// checked.
    /// </summary>
    /// <exception cref="CairnException">It has others, or the run's folder is another's.</exception>
    public (RunParts Parts, IGangLauncher Launcher) Attach()
    {
        lock (_lock)
        {
            _parts ??= _host.Rejoin();
            _launcher ??= Launcher(_parts);
            return (_parts, _launcher);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_launcher is { } launcher)
        {
            await launcher.DisposeAsync().ConfigureAwait(false);
        }

        _host.Dispose();
    }

    /// <summary>A native crash takes the child with it, and not the node with all its batches.</summary>
    private IGangLauncher Launcher(RunParts parts) => parts.Spec.Ranks.Launcher == RankLauncher.InProcess && !_inProcess
        ? new ProcessLauncher(parts, RankProgram.OfThisProcess())
        : GangLaunchers.For(parts);
}
