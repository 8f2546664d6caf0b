using Akka.Remote;
using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Ranks;

/// <summary>
/// The end of the connection in a rank process: says who the process is, loads the run that it receives, passes gangs on to the
/// <see cref="RankHost"/>, and ends the process when the connection ends.
/// </summary>
internal sealed class NodeLink : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    /// <summary>
    /// How long the node may take to answer, and then to let the process in. What lies between does not count: MPI waits for the slowest
    /// rank to start, which takes as long as a busy machine takes.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenMeasures = TimeSpan.FromSeconds(1);
    private readonly RankEnvironment _place;
    private readonly IRunObserver _observer;
    private readonly Action<int> _leave;
    private IActorRef _node = ActorRefs.Nobody;
    private MpiRank? _mpi;
    private MeasuresGatherer? _measures;

    public NodeLink(RankEnvironment place, IRunObserver observer, Action<int> leave)
    {
        (_place, _observer, _leave) = (place, observer, leave);
        Receive<ActorIdentity>(OnIdentity, _ => _node.IsNobody());
        // The first may be lost with an attempt to connect that came to nothing.
        Receive<AskForNode>(_ => Ask());
        Receive<Ready>(ready => SayHello(ready.Mpi), _ => !_node.IsNobody());
        Receive<Unfit>(unfit => _node.Tell(new RankUnfit(_place.Token, unfit.Failure)), _ => !_node.IsNobody());
        Receive<RankAdmitted>(OnAdmitted, _ => Sender.Equals(_node));
        Receive<Loaded>(OnLoaded);
        Receive<LoadFailed>(failed => BecomeUnfit(failed.Error));
        // Too early for these; messages of unknown senders are not kept.
        Receive<Ready>(_ => Stash.Stash());
        Receive<Unfit>(_ => Stash.Stash());
        Receive<StartGang>(_ => Stash.Stash(), _ => IsOfNode(Sender));
        Receive<EndGang>(_ => Stash.Stash(), _ => IsOfNode(Sender));
        OnTheLine();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    /// <param name="place">What the process was told.</param>
    /// <param name="observer">Is told of what is odd.</param>
    /// <param name="leave">Ends the process in that very moment, with an exit code.</param>
    public static Props Props(RankEnvironment place, IRunObserver observer, Action<int> leave) =>
        Akka.Actor.Props.Create(() => new NodeLink(place, observer, leave));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer("ask", new AskForNode(), TimeSpan.Zero, AskAgain);
        Timers.StartSingleTimer("patience", new NotLetIn(), Patience);
    }

    protected override void PostStop()
    {
        _measures?.Dispose();
        base.PostStop();
    }

    private void Ask() => Context.ActorSelection(_place.Node).Tell(new Identify(null));

    /// <summary>What holds at any time, whatever the ranks are stuck in.</summary>
    private void OnTheLine()
    {
        Receive<LeaveNow>(leave => _leave(leave.ExitCode), _ => Sender.Equals(_node));
        Receive<Terminated>(_ => _leave(RankProcess.ToldToLeave), gone => gone.ActorRef.Equals(_node));
        Receive<DisassociatedEvent>(_ => _leave(RankProcess.ToldToLeave), gone => gone.RemoteAddress == _place.Node.Address);
        Receive<DisassociatedEvent>(static _ => { });
        Receive<NotLetIn>(_ =>
        {
            _observer.On(new RunWarning($"the node at {_place.Node.Address} did not accept this process within {Patience.TotalSeconds} "
                + "s: it has ended, or is another version"));
            _leave(RankProcess.ToldToLeave);
        });
    }

    private void OnIdentity(ActorIdentity identity)
    {
        if (identity.Subject is not { } node)
        {
            _observer.On(new RunWarning($"the node at {_place.Node.Address} started this process but no longer knows it"));
            _leave(RankProcess.ToldToLeave);
            return;
        }

        Timers.Cancel("ask");
        Timers.Cancel("patience");
        _node = Context.Watch(node);
        Stash.UnstashAll();
    }

    private void SayHello(MpiRank? mpi)
    {
        _mpi = mpi;
        Timers.StartSingleTimer("patience", new NotLetIn(), Patience);
        _node.Tell(new RankHello(RankHello.Version, _place.Token, Environment.ProcessId, Environment.MachineName, mpi?.Place));
    }

    private void OnAdmitted(RankAdmitted admitted)
    {
        // Loading takes as long as it takes; the deadline of the gang's first boundary counts it.
        Timers.Cancel("patience");
        if (admitted.Measures)
        {
            _measures = new MeasuresGatherer();
            Timers.StartPeriodicTimer("measures", new MeasuresAreDue(), BetweenMeasures, BetweenMeasures);
        }

        var observer = _observer;
        OwnThread.Run(() => admitted.Run.Load(observer)).PipeTo(
            Self, success: run => new Loaded(run), failure: error => new LoadFailed(error));
    }

    private static void TellMeasures(MeasuresGatherer? measures, IActorRef node, IActorRef self)
    {
        foreach (var measured in measures?.Take() ?? [])
        {
            node.Tell(measured, self);
        }
    }

    private void OnLoaded(Loaded loaded)
    {
        var (measures, node, self) = (_measures, _node, Self);
        // Before the last rank's end is reported: the node may have no more need of this process afterwards.
        void Tell() => TellMeasures(measures, node, self);
        var host = Context.ActorOf(RankHost.Props(loaded.Run, _mpi, Tell), "ranks");
        Become(() =>
        {
            Receive<StartGang>(start => host.Forward(start), _ => IsOfNode(Sender));
            Receive<EndGang>(end => host.Forward(end), _ => IsOfNode(Sender));
            Receive<MeasuresAreDue>(_ => Tell());
            OnTheLine();
        });
        Stash.UnstashAll();
    }

    /// <summary>Each expected gang is informed.</summary>
    private void BecomeUnfit(Exception error)
    {
        Become(() =>
        {
            Receive<StartGang>(
                start => Sender.Tell(
                    new GangLost(start.Start.Batch, start.Start.Epoch, RankFailures.Of(error) with { Rank = _mpi?.Place.Rank })),
                _ => IsOfNode(Sender));
            Receive<EndGang>(end => Sender.Tell(new GangGone(end.Batch, end.Epoch, null)), _ => IsOfNode(Sender));
            OnTheLine();
        });
        Stash.UnstashAll();
    }

    private bool IsOfNode(IActorRef sender) => sender.Path.Address == _place.Node.Address;

    /// <summary>The process has done what it must do before it can be accepted.</summary>
    /// <param name="Mpi">The rank that it is; null without MPI.</param>
    internal sealed record Ready(MpiRank? Mpi) : INoSerializationVerificationNeeded;

    /// <summary>The process cannot become a rank at all.</summary>
    /// <param name="Failure">Why.</param>
    internal sealed record Unfit(GangFailure Failure) : INoSerializationVerificationNeeded;

    private sealed record Loaded(RunContext Run) : INoSerializationVerificationNeeded;

    private sealed record LoadFailed(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record AskForNode : INoSerializationVerificationNeeded;

    private sealed record MeasuresAreDue : INoSerializationVerificationNeeded;

    private sealed record NotLetIn : INoSerializationVerificationNeeded;
}
