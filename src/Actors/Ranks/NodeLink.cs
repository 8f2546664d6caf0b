using Akka.Remote;
using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Ranks;

// Between a process of ranks and the actor that started it.

/// <summary>The first message of a process of ranks. It is answered by <see cref="RankAdmitted"/>, or not at all.</summary>
/// <param name="Token">Good for one process, or over MPI for one process per rank.</param>
/// <param name="Mpi">Null without MPI.</param>
internal sealed record RankHello(int Protocol, string Token, int Pid, string Host, MpiPosition? Mpi)
{
    /// <summary>The version of the messages between a node and its processes of ranks; both must have the same.</summary>
    public const int Version = 2;
}

/// <summary>A process's rank and the world's size, as its MPI says, with the MPI's name and version.</summary>
internal sealed record MpiPosition(int Rank, int Size, string Library);

/// <summary>A process of ranks could not be initialised.</summary>
internal sealed record RankInitFailed(string Token, GangFailure Failure);

/// <summary>The process is accepted, for this run.</summary>
internal sealed record RankAdmitted(RunSetup Run)
{
    /// <summary>Whether it should send <see cref="RankMeasured"/>.</summary>
    public bool Measures { get; init; }
}

/// <summary>The process exits at once.</summary>
/// <param name="ExitCode">0 if its ranks have ended normally.</param>
internal sealed record ExitProcess(int ExitCode);

/// <summary>A run, as sent to processes of its ranks.</summary>
/// <param name="Spec">The resolved spec, as in <c>run.json</c>.</param>
/// <param name="SpecDigest">Digest of what shapes the numbers; it must be the same in the receiving process.</param>
/// <param name="Fingerprint">Of the numerics; it should be the same in the receiving process.</param>
internal sealed record RunSetup(string Spec, string SpecDigest, IReadOnlyDictionary<string, string> Fingerprint)
{
    public static RunSetup Of(RunContext run) => new(RunSpecJson.Write(run.Spec).ToJsonString(), run.SpecDigest, run.Fingerprint);

    /// <summary>Reads the initial condition and loads the model in this process.</summary>
    /// <exception cref="CairnException">That failed, or gave another digest or fingerprint.</exception>
    public RunContext Load(IRunObserver observer)
    {
        var spec = RunSpecJson.Read(Spec, "the spec that the node sent");
        var run = PreparedRun.Create(spec, new RunOptions(), observer).Attach();
        if (run.SpecDigest != SpecDigest)
        {
            throw new DataException(
                $"{Environment.MachineName} reads other model or input files than the node that started the run: the digest of what "
                + $"shapes its numbers is {run.SpecDigest}, there {SpecDigest}. Were they changed meanwhile? Start it again.");
        }

        var differences = Fingerprint.Where(there => run.Fingerprint.GetValueOrDefault(there.Key) != there.Value)
            .Select(there => $"{there.Key}: {run.Fingerprint.GetValueOrDefault(there.Key)} here, {there.Value} there").ToList();
        if (differences.Count > 0 && spec.Checkpoint.OnFingerprintChange == FingerprintPolicy.Refuse)
        {
            throw new SpecException(
                $"The numerics of {Environment.MachineName} differ from those of the node that started the run, so its bytes may too: "
                + $"{string.Join("; ", differences)}. Use hosts of one kind, or checkpoint.on-fingerprint-change = warn.");
        }

        differences.ForEach(difference => observer.On(new RunWarning($"numerics differ on {Environment.MachineName}: {difference}")));
        return run;
    }
}

/// <summary>
/// Connects a rank process with its node: registers the process, loads the run that it receives, passes gangs on to the
/// <see cref="RankHost"/>, and ends the process when the connection ends.
/// </summary>
internal sealed class NodeLink : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    /// <summary>
    /// How long the node may take to answer, and then to admit the process. The time in between does not count: MPI waits for the slowest
    /// rank to start, which may take long on a busy machine.
    /// </summary>
    private static readonly TimeSpan AdmissionTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan IdentifyInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MeasureInterval = TimeSpan.FromSeconds(1);
    private readonly RankEnvironment _environment;
    private readonly IRunObserver _observer;
    private readonly Action<int> _exit;
    private IActorRef _node = ActorRefs.Nobody;
    private MpiRank? _mpi;
    private MeasurementCollector? _measurements;

    public NodeLink(RankEnvironment environment, IRunObserver observer, Action<int> exit)
    {
        (_environment, _observer, _exit) = (environment, observer, exit);
        Receive<ActorIdentity>(OnIdentity, _ => _node.IsNobody());
        // Repeated, since the first may be lost with a failed attempt to connect.
        Receive<IdentifyNode>(_ => Context.ActorSelection(_environment.Node).Tell(new Identify(null)));
        Receive<Ready>(ready => SayHello(ready.Mpi), _ => !_node.IsNobody());
        Receive<InitFailed>(failed => _node.Tell(new RankInitFailed(_environment.Token, failed.Failure)), _ => !_node.IsNobody());
        Receive<RankAdmitted>(OnAdmitted, _ => Sender.Equals(_node));
        Receive<Loaded>(OnLoaded);
        Receive<LoadFailed>(failed => RejectGangs(failed.Error));
        // Too early for these. Messages of unknown senders are dropped.
        Receive<Ready>(_ => Stash.Stash());
        Receive<InitFailed>(_ => Stash.Stash());
        Receive<StartGang>(_ => Stash.Stash(), _ => IsFromNode());
        Receive<EndGang>(_ => Stash.Stash(), _ => IsFromNode());
        Always();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    /// <param name="observer">Receives warnings.</param>
    /// <param name="exit">Exits the process immediately, with an exit code.</param>
    public static Props Props(RankEnvironment environment, IRunObserver observer, Action<int> exit) =>
        Akka.Actor.Props.Create(() => new NodeLink(environment, observer, exit));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer("identify", new IdentifyNode(), TimeSpan.Zero, IdentifyInterval);
        Timers.StartSingleTimer("admission", new AdmissionTimeout(), AdmissionTime);
    }

    protected override void PostStop()
    {
        _measurements?.Dispose();
        base.PostStop();
    }

    /// <summary>In every behaviour: orders to exit, and the loss of the node, whatever the ranks are doing.</summary>
    private void Always()
    {
        Receive<ExitProcess>(order => _exit(order.ExitCode), _ => Sender.Equals(_node));
        Receive<Terminated>(_ => _exit(RankProcess.OrderedExitCode), lost => lost.ActorRef.Equals(_node));
        Receive<DisassociatedEvent>(_ => _exit(RankProcess.OrderedExitCode), lost => lost.RemoteAddress == _environment.Node.Address);
        Receive<DisassociatedEvent>(static _ => { });
        Receive<AdmissionTimeout>(_ => WarnAndExit(
            $"the node at {_environment.Node.Address} did not accept this process within {AdmissionTime.TotalSeconds} "
            + "s: it has ended, or is another version"));
    }

    private void WarnAndExit(string text)
    {
        _observer.On(new RunWarning(text));
        _exit(RankProcess.OrderedExitCode);
    }

    private void OnIdentity(ActorIdentity identity)
    {
        if (identity.Subject is not { } node)
        {
            WarnAndExit($"the node at {_environment.Node.Address} started this process but no longer knows it");
            return;
        }

        Timers.Cancel("identify");
        Timers.Cancel("admission");
        _node = Context.Watch(node);
        Stash.UnstashAll();
    }

    private void SayHello(MpiRank? mpi)
    {
        _mpi = mpi;
        Timers.StartSingleTimer("admission", new AdmissionTimeout(), AdmissionTime);
        _node.Tell(new RankHello(
            RankHello.Version, _environment.Token, Environment.ProcessId, Environment.MachineName, mpi?.Position));
    }

    private void OnAdmitted(RankAdmitted admitted)
    {
        // Loading has no time limit here: the deadline of the gang's first boundary includes it.
        Timers.Cancel("admission");
        if (admitted.Measures)
        {
            _measurements = new MeasurementCollector();
            Timers.StartPeriodicTimer("measurements", new SendMeasurements(), MeasureInterval, MeasureInterval);
        }

        var observer = _observer;
        OwnThread.Run(() => admitted.Run.Load(observer)).PipeTo(
            Self, success: run => new Loaded(run), failure: error => new LoadFailed(error));
    }

    private void OnLoaded(Loaded loaded)
    {
        var (measurements, node, self) = (_measurements, _node, Self);
        // Also before the last rank's end is reported, after which the node may end this process.
        void Send()
        {
            foreach (var measured in measurements?.Take() ?? [])
                node.Tell(measured, self);
        }

        var host = Context.ActorOf(RankHost.Props(loaded.Run, _mpi, Send), "ranks");
        Become(() =>
        {
            Receive<StartGang>(start => host.Forward(start), _ => IsFromNode());
            Receive<EndGang>(end => host.Forward(end), _ => IsFromNode());
            Receive<SendMeasurements>(_ => Send());
            Always();
        });
        Stash.UnstashAll();
    }

    /// <summary>The run could not be loaded: every gang is lost.</summary>
    private void RejectGangs(Exception error)
    {
        var failure = GangFailure.Of(error) with { Rank = _mpi?.Position.Rank };
        Become(() =>
        {
            Receive<StartGang>(
                start => Sender.Tell(new GangLost(start.Start.Batch, start.Start.Epoch, failure)), _ => IsFromNode());
            Receive<EndGang>(end => Sender.Tell(new GangEnded(end.Batch, end.Epoch, null)), _ => IsFromNode());
            Always();
        });
        Stash.UnstashAll();
    }

    private bool IsFromNode() => Sender.Path.Address == _environment.Node.Address;

    /// <summary>The process is initialised, and can be admitted.</summary>
    /// <param name="Mpi">The rank that it is; null without MPI.</param>
    internal sealed record Ready(MpiRank? Mpi) : INoSerializationVerificationNeeded;

    /// <summary>The process could not be initialised.</summary>
    internal sealed record InitFailed(GangFailure Failure) : INoSerializationVerificationNeeded;

    private sealed record Loaded(RunContext Run) : INoSerializationVerificationNeeded;

    private sealed record LoadFailed(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record IdentifyNode : INoSerializationVerificationNeeded;

    private sealed record SendMeasurements : INoSerializationVerificationNeeded;

    private sealed record AdmissionTimeout : INoSerializationVerificationNeeded;
}
