using System.Collections.Concurrent;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Akka.TestKit;
using Cairn.Actors.Cluster;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;
using Cairn.Storage.Catalog;
using Cairn.Storage.Fields;

namespace Cairn.Actors.Tests.Members;

/// <summary>
/// One batch of two members under a real supervisor and coordinator, on a real catalog. Probes stand for its keeper, for the launcher
/// of its ranks and for their workers; time is virtual, and every message passes through its bytes.
/// </summary>
public abstract class SupervisedBatch : TestKit
{
    public const int Last = 8;
    protected const int GrantEpoch = 1;

    private static readonly Config Virtual = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
          # Longer than any machine takes: only a test that fails waits so long.
          test { single-expect-default = 30s, filter-leeway = 30s }
        }
        """);

    private readonly string _folder = ScratchFolder();
    private readonly ConcurrentQueue<RunEvent> _observed = new();
    private readonly List<IDisposable> _open = [];
    private readonly HashSet<long> _heard = [];
    private RunContext? _run;

    protected SupervisedBatch() : base(
        ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(Virtual.WithFallback(CairnSerializer.EveryMessage).WithFallback(DefaultConfig))),
        "supervised")
    {
        (Keeper, Ranks, Parent) = (CreateTestProbe("keeper"), CreateTestProbe("ranks"), CreateTestProbe("parent"));
        Keeper.SetAutoPilot(Answering(KeepBook));
        Ranks.SetAutoPilot(Answering(EndWhenAsked));
    }

    internal static MemberRange Batch { get; } = new(0, 1);

    /// <summary>Pauses of a few milliseconds, which are virtual as well.</summary>
    protected static SupervisionSpec Fast { get; } = new()
    {
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(2),
    };

    /// <summary>Stands for the registry and the run's keeper.</summary>
    protected TestProbe Keeper { get; }

    /// <summary>Stands for the launcher of the ranks.</summary>
    protected internal TestProbe Ranks { get; }

    /// <summary>Stands for the node.</summary>
    protected TestProbe Parent { get; }

    protected IActorRef Supervisor { get; private set; } = ActorRefs.Nobody;

    internal RunContext Run => _run!;

    /// <summary>Whether the keeper acknowledges reports.</summary>
    protected bool Acknowledges { get; set; } = true;

    /// <summary>Whether the keeper grants an epoch when it is asked for one.</summary>
    protected bool GrantsEpochs { get; set; } = true;

    /// <summary>Whether the launcher reports a gang as ended as soon as it is asked to end it.</summary>
    protected bool EndsGangs { get; set; } = true;

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    /// <summary>What the run's observer received.</summary>
    protected IEnumerable<RunEvent> Observed => _observed;

    /// <summary>Starts the supervisor.</summary>
    internal void Supervise(
        SupervisionSpec supervision, TimeProvider? time = null, IFieldStore? store = null, RankSpec? ranks = null, bool paused = false)
    {
        Prepare(supervision, time, store, ranks);
        _heard.Clear();
        var grant = new Grant("supervised-1", Batch, GrantEpoch, "{}", null, paused);
        Supervisor = Parent.ChildActorOf(MemberSupervisor.Props(new MemberSupervisorSetup(grant, Run, Ranks.Ref, Keeper.Ref)));
    }

    internal void Prepare(SupervisionSpec supervision, TimeProvider? time = null, IFieldStore? store = null, RankSpec? ranks = null)
    {
        var spec = Spec() with { Supervision = supervision, Ranks = ranks ?? new RankSpec(1, RankLauncher.InProcess) };
        // Neither a model nor an initial condition is touched: no rank is real.
        _run = new RunContext(
            spec, new RunOptions { Time = time ?? TimeProvider.System }, BoundarySchedule.Of(spec), null!, null!, null!,
            store ?? new NullFieldStore(null!), new Dictionary<string, string>(), "digest", new Observer(_observed));
    }

    /// <summary>The next gang that is started; its ranks are ready at once.</summary>
    internal SteeredGang NextGang() => NextGang(isReady: true);

    internal SteeredGang NextGang(bool isReady)
    {
        var asked = Ranks.FishForMessage<StartGang>(_ => true);
        var gang = new SteeredGang(this, asked, Supervisor);
        _open.Add(gang);
        if (isReady)
            gang.ReportReady();

        return gang;
    }

    /// <summary>The next gang, once the pause before it is over.</summary>
    internal SteeredGang RestartedGang()
    {
        Advance(Until<RestartPlanned>().Pause);
        return NextGang();
    }

    /// <summary>The next event of a kind that is reported to the keeper; earlier ones and duplicates are skipped.</summary>
    internal T Until<T>() where T : RunEvent =>
        (T)Keeper.FishForMessage<BatchReport>(report => _heard.Add(report.Number) && report.Event is T).Event;

    internal BatchEnded Ended() => Parent.FishForMessage<BatchEnded>(_ => true);

    /// <summary>Returns once an actor has processed all earlier messages.</summary>
    internal void AwaitProcessed(IActorRef actor)
    {
        var probe = CreateTestProbe();
        actor.Tell(new Identify(null), probe.Ref);
        probe.ExpectMsg<ActorIdentity>();
    }

    /// <summary>Advances time, once the supervisor and a gang's coordinator have processed their messages.</summary>
    internal void Advance(TimeSpan by, SteeredGang? gang = null)
    {
        AwaitProcessed(gang?.Coordinator ?? Supervisor);
        AwaitProcessed(Supervisor);
        Scheduler.Advance(by);
    }

    /// <summary>No gang was asked for up to now.</summary>
    internal void ExpectNoGang()
    {
        AwaitProcessed(Supervisor);
        AwaitProcessed(Ranks.Ref);
        Ranks.ReceiveWhile<object>(message => message is StartGang ? throw new Xunit.Sdk.XunitException("a gang was started") : message,
            TimeSpan.Zero, TimeSpan.Zero);
    }

    internal void Command(object command) => Supervisor.Tell(command, ActorRefs.NoSender);

    protected override void AfterAll()
    {
        base.AfterAll();
        _open.ForEach(one => one.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    private static string ScratchFolder()
    {
        var scratch = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(scratch, $"cairn-supervised-{Guid.NewGuid():N}")).FullName;
    }

    private static DelegateAutoPilot Answering(Action<IActorRef, object> answer) => new((sender, message) =>
    {
        answer(sender, message);
        return AutoPilot.KeepRunning;
    });

    private void KeepBook(IActorRef sender, object message)
    {
        switch (message)
        {
            case BatchReport report when Acknowledges:
                sender.Tell(new ReportAcknowledged(report.RunId, report.Batch, report.GrantEpoch, report.Number), Keeper.Ref);
                break;
            case RequestEpoch request when GrantsEpochs:
                sender.Tell(new EpochGranted(request.RunId, request.Batch, request.Above + 1), Keeper.Ref);
                break;
        }
    }

    private void EndWhenAsked(IActorRef sender, object message)
    {
        if (message is EndGang end && EndsGangs)
            sender.Tell(new GangEnded(end.Batch, end.Epoch, null), Ranks.Ref);
    }

    private RunSpec Spec() => new()
    {
        Name = "supervised",
        Model = new ModelSpec { Kind = "persistence", Step = TimeSpan.FromHours(3), DType = "float32", Device = "cpu" },
        Initial = new InitialSpec("netcdf", "/in.nc", null, [new InitialVariable("u", "u")]),
        LeadTimes = new LeadTimeSpec(TimeSpan.FromHours(3), Last),
        Ensemble = new EnsembleSpec(2, 2, 42, new PerturbationSpec("gaussian", 0.5, null)),
        Ranks = new RankSpec(1, RankLauncher.InProcess),
        Checkpoint = new CheckpointSpec { Path = _folder, Durability = CheckpointDurability.None },
        Output = new OutputSpec { Kind = OutputSpec.None },
        Node = new NodeSpec(1),
    };

    private sealed class Observer(ConcurrentQueue<RunEvent> events) : IRunObserver
    {
        public void On(RunEvent runEvent) => events.Enqueue(runEvent);
    }
}
