using System.Globalization;
using Akka.Actor.Setup;
using Akka.Configuration;
using Cairn.Actors.Cluster;
using Cairn.Actors.Nodes;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Durable;

namespace Cairn.Actors;

/// <summary>
/// A registry and a node in this process, for one run: the host of <c>cairn run</c>. The journal is in memory unless it must be
/// readable, and a port is open only if ranks are separate processes.
/// </summary>
public sealed class LocalRun : IAsyncDisposable
{
    private static readonly Config Quiet = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """).WithFallback(JournalSettings.InMemory).WithFallback(SystemLog.Settings);

    private readonly TaskCompletionSource<RunResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorSystem _system;
    private readonly NodeRuns _runs;
    private readonly RunSpec _spec;
    private RunResult? _ended;
    private Exception? _refused;

    /// <param name="options">Options of the run.</param>
    /// <param name="observer">Receives events, from several threads.</param>
    /// <param name="journalFolder">Where the journal is kept, to be readable during the run; null for memory.</param>
    public LocalRun(RunSpec spec, RunOptions options, IRunObserver observer, string? journalFolder = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(options);
        _spec = spec;
        var slots = PreparedRun.Slots(spec);
        OpenFiles.Require(slots);
        // Before the run starts, so that a missing libtorch is reported first.
        var node = WorkerIdentity.Of("local", slots, [], LocalLibtorch.Load()) with { TakesLarger = true };
        var times = 0;
        RankProcesses? processes;
        var settings = journalFolder is null ? Quiet : JournalSettings.Sqlite(journalFolder).WithFallback(Quiet);
        (_system, processes) = Begin(spec, settings, SystemLog.To(observer));
        _runs = new NodeRuns(
            (_, _, _) => ExclusiveRun.Load(
                spec, options, observer, new LauncherChoice(processes, Isolates: false),
                ended: result => _ended = result, refused: error => _refused ??= error),
            isPatient: false);
        // The journal ends with the process, so snapshots are useless.
        var kept = RegistryTimes.Default with { SnapshotEvery = int.MaxValue };
        Registry = _system.ActorOf(RunRegistry.Props(new RegistrySetup(null, options.Time, kept)), "runs");
        var setup = new NodeSetup(
            () => node with { Id = string.Create(CultureInfo.InvariantCulture, $"{node.Id}-{++times}") }, Registry, _runs);
        _system.ActorOf(NodeSupervisor.Props(setup), "node");
    }

    /// <summary>The registry.</summary>
    public IActorRef Registry { get; }

    /// <summary>The actor system of both.</summary>
    public ActorSystem System => _system;

    /// <summary>The run's id, once the registry has accepted it.</summary>
    public Task<string> Accepted => _accepted.Task;

    /// <summary>Runs a spec to its end; after <paramref name="stop"/> it halts at the next boundary of each batch.</summary>
    /// <exception cref="CairnException">The run could not be opened; nothing was begun.</exception>
    public static async Task<RunResult> RunAsync(RunSpec spec, RunOptions options, IRunObserver observer, CancellationToken stop)
    {
        var run = new LocalRun(spec, options, observer);
        await using (run.ConfigureAwait(false))
        {
            return await run.RunAsync(stop).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="RunAsync(RunSpec, RunOptions, IRunObserver, CancellationToken)"/>
    public async Task<RunResult> RunAsync(CancellationToken stop)
    {
        // Requirements on nodes are for clusters: here there is one node.
        var here = _spec with { Placement = new PlacementSpec() };
        var submit = new SubmitRun(RunSpecJson.Write(here).ToJsonString(), SpecFormat.Json, Watch: true);
        var (registry, accepted) = (Registry, _accepted);
        _system.ActorOf(Props.Create(() => new Submitter(registry, submit, accepted, OnFinished)), "submitter");
        await using var asked = stop.Register(() => accepted.Task.ContinueWith(
            id => registry.Tell(new CancelRun(id.Result), ActorRefs.NoSender),
            CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default)).ConfigureAwait(false);
        return await _result.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate().ConfigureAwait(false);
        await _runs.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Accepts connections only if ranks are processes, and only theirs.</summary>
    private static (ActorSystem System, RankProcesses? Processes) Begin(RunSpec spec, Config settings, SystemLogSetup log)
    {
        var launcher = RankLaunchers.Of(spec);
        if (!launcher.StartsProcesses)
        {
            var config = BootstrapSetup.Create().WithConfig(settings.WithFallback(CairnSerializer.Settings));
            return (ActorSystem.Create("cairn", ActorSystemSetup.Create(config, log)), null);
        }

        var certificate = ClusterCertificate.Create();
        var address = Environment.GetEnvironmentVariable(RankEnvironment.AddressVariable) is { Length: > 0 } named ? named : "127.0.0.1";
        var host = launcher.SpansNodes ? address : "127.0.0.1";
        var system = ActorSystem.Create("cairn", new RemoteSettings(certificate) { Host = host }.For(settings).And(log));
        return (system, new RankProcesses(RankProgram.OfThisProcess(), certificate));
    }

    private void OnFinished(RunFinished finished)
    {
        if (finished.Refusal is { } kind)
        {
            _result.TrySetException(_refused ?? RefusalErrors.ToException(kind, finished.Error ?? "the run could not be opened"));
        }
        else if (_ended is { } result)
        {
            _result.TrySetResult(result);
        }
        else if (finished.State == RunState.Cancelled)
        {
            // Stopped before it was opened.
            _result.TrySetResult(new RunResult(RunOutcome.Stopped, 0, 0, TimeSpan.Zero, []));
        }
        else
        {
            _result.TrySetException(new DataException(finished.Error ?? "the run could not be closed"));
        }
    }

    /// <summary>
    /// Passes the registry's answers to the waiting code. Watches again regularly, since a restarted registry has lost its watchers.
    /// </summary>
    private sealed class Submitter : ReceiveActor, IWithTimers
    {
        private static readonly TimeSpan WatchAgain = TimeSpan.FromSeconds(2);
        private readonly Action _submit;

        public Submitter(IActorRef registry, SubmitRun submit, TaskCompletionSource<string> accepted, Action<RunFinished> finished)
        {
            _submit = () => registry.Tell(submit);
            Receive<RunAccepted>(answer =>
            {
                accepted.TrySetResult(answer.Id);
                Timers.StartPeriodicTimer("watch", new WatchRun(answer.Id), WatchAgain);
            });
            Receive<WatchRun>(watch => registry.Tell(watch));
            Receive<RunRefused>(refused => finished(new RunFinished("", RunState.Failed, refused.Kind, refused.Reason)));
            Receive<RunFinished>(finished);
            ReceiveAny(static _ => { });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => _submit();
    }
}
