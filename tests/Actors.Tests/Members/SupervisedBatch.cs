using System.Threading.Channels;
using Cairn.Actors.Members;
using Cairn.Actors.Nodes;
using Cairn.Actors.Tests.Conformance;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;
using Cairn.Storage.Fields;

namespace Cairn.Actors.Tests.Members;

/// <summary>
/// One batch of two members under a real node, supervisor, workers and coordinator, on a real catalog; its gangs are steered by the test.
/// </summary>
internal sealed class SupervisedBatch : IAsyncDisposable
{
    public const int Last = 8;
    public static readonly MemberRange Batch = new(0, 1);
    private static readonly string Scratch = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Scratch, $"cairn-supervised-{Guid.NewGuid():N}")).FullName;
    private readonly ActorSystem _system = ActorSystem.Create("supervised");
    private readonly Channel<RunEvent> _events = Channel.CreateUnbounded<RunEvent>();
    private readonly SteeredLauncher _launcher;
    private readonly IActorRef _node;
    private readonly Probe _probe;

    /// <param name="supervision">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="store">Where fields would go.</param>
    public SupervisedBatch(SupervisionSpec supervision, TimeProvider? time = null, IFieldStore? store = null)
    {
        var spec = Spec() with { Supervision = supervision };
        // Neither a model nor an initial condition is touched: no rank is real.
        Run = new RunParts(
            spec, new RunOptions { Time = time ?? TimeProvider.System }, BoundarySchedule.Of(spec), null!, null!, null!,
            store ?? new NullFieldStore(null!), new Dictionary<string, string>(), "digest", new Observer(_events.Writer));
        _launcher = new SteeredLauncher(Run);
        _probe = new Probe(_system);
        _node = _system.ActorOf(Props.Create(() => new NodeSupervisor(1)));
        _node.Tell(new RunBatches(Run, [Batch], _launcher), _probe.Ref);
    }

    public RunParts Run { get; }

    /// <summary>Fast enough for a test.</summary>
    public static SupervisionSpec Fast { get; } = new()
    {
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(2),
    };

    public void Command(object command, RunParts? run = null) => _node.Tell(new CommandBatches(run ?? Run, command), ActorRefs.NoSender);

    /// <summary>
    /// Done when the node has passed on all commands before it: it takes one message after another, and answers for a batch of another
    /// run that waits for the only slot and is withdrawn.
    /// </summary>
    public async Task Heard()
    {
        var probe = new Probe(_system);
        var other = Submit(probe.Ref);
        Command(new HaltBatch(), other);
        await probe.Expect<BatchEnded>();
    }

    /// <summary>Submits a batch of another run, which waits for the only slot.</summary>
    public RunParts Submit(IActorRef? submitter = null)
    {
        var other = Run with { SpecDigest = "other" };
        _node.Tell(new RunBatches(other, [Batch], _launcher), submitter ?? ActorRefs.NoSender);
        return other;
    }

    public async Task<SteeredGang> NextGang() => await _launcher.Launched.Reader.ReadAsync().AsTask().WaitAsync(Probe.Patience);

    public bool HasLaunched => _launcher.Launched.Reader.Count > 0;

    /// <summary>The next event of a kind; those before it are passed over.</summary>
    public async Task<T> Until<T>() where T : RunEvent
    {
        while (true)
        {
            if (await _events.Reader.ReadAsync().AsTask().WaitAsync(Probe.Patience) is T wanted)
            {
                return wanted;
            }
        }
    }

    public Task<BatchEnded> Ended() => _probe.Expect<BatchEnded>();

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate().WaitAsync(Probe.Patience);
        Directory.Delete(_folder, recursive: true);
    }

    private RunSpec Spec() => new()
    {
        Name = "supervised",
        Model = new ModelSpec { Kind = ModelKind.Persistence, Step = TimeSpan.FromHours(3), DType = "float32", Device = "cpu" },
        Initial = new InitialSpec(InitialSource.NetCdf, "/in.nc", null, [new InitialVariable("u", "u")]),
        LeadTimes = new LeadTimeSpec(TimeSpan.FromHours(3), Last),
        Ensemble = new EnsembleSpec(2, 2, 42, new PerturbationSpec(PerturbationKind.Gaussian, 0.5, null)),
        Ranks = new RankSpec(1, RankLauncher.InProcess),
        Checkpoint = new CheckpointSpec { Path = _folder, Durability = CheckpointDurability.None },
        Output = new OutputSpec { Kind = OutputKind.None },
        Node = new NodeSpec(1),
    };

    private sealed class Observer(ChannelWriter<RunEvent> events) : IRunObserver
    {
        public void On(RunEvent runEvent) => events.TryWrite(runEvent);
    }
}
