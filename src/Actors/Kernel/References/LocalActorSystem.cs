using System.Text.RegularExpressions;
using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Cells;
using Cairn.ActorKernel.Event;
using Cairn.ActorKernel.Timing;

namespace Cairn.ActorKernel.References;

/// <summary>The system: the tree's top, the clock, the event stream.</summary>
internal sealed partial class LocalActorSystem : ActorSystem
{
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Action> _afterwards = [];
    private readonly DeadLetterRef _deadLetters;
    private readonly ActorScheduler _scheduler;
    private readonly LocalActorRef _guardian;
    private long _lastUid;

    public LocalActorSystem(string name, TimeProvider clock)
    {
        if (!SystemName().IsMatch(name))
        {
            throw new ArgumentException(
                $"found the system name '{name}'; expected letters, digits and hyphens, the first no hyphen.", nameof(name));
        }

        Name = name;
        Clock = clock;
        _scheduler = new ActorScheduler(clock);
        var root = new RootPath(new Address("akka", name));
        TemporaryPath = root / "temp";
        _deadLetters = new DeadLetterRef(this, root / "deadLetters");
        Log = new EventLog(EventStream, name, typeof(ActorSystem));
        _guardian = new LocalActorRef(this, Props.Create<Guardian>(), new TopOfTree(this, root), new ChildPath(root, "user", NextUid()));
        _guardian.Cell.Start();
    }

    public TimeProvider Clock { get; }

    public ActorPath TemporaryPath { get; }

    public override string Name { get; }

    public override IScheduler Scheduler => _scheduler;

    public override EventStream EventStream { get; } = new();

    public override IActorRef DeadLetters => _deadLetters;

    public DeadLetterRef DeadLetterOffice => _deadLetters;

    public override ILoggingAdapter Log { get; }

    public override Task WhenTerminated => _terminated.Task;

    public long NextUid() => Interlocked.Increment(ref _lastUid);

    public override IActorRef ActorOf(Props props, string? name = null) => _guardian.Cell.ActorOf(props, name);

    public override void Stop(IActorRef actor)
    {
        if (actor is LocalActorRef local && local.Path.Parent == _guardian.Path)
        {
            _guardian.Cell.Stop(local);
        }
        else
        {
            (actor as ISystemReceiver)?.Send(new StopActor());
        }
    }

    public override Task Terminate()
    {
        _guardian.Send(new StopActor());
        return WhenTerminated;
    }

    public override void RegisterOnTermination(Action code)
    {
        lock (_afterwards)
        {
            if (_terminated.Task.IsCompleted)
            {
                throw new InvalidOperationException($"the system {Name} has terminated already; register before.");
            }

            _afterwards.Add(code);
        }
    }

    /// <summary>The last actor has stopped.</summary>
    internal void Finish()
    {
        _scheduler.Stop();
        lock (_afterwards)
        {
            foreach (var code in _afterwards)
            {
                try
                {
                    code();
                }
                catch (Exception e)
                {
                    Log.Error(e, "code registered for the end of the system failed");
                }
            }

            _terminated.TrySetResult();
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9-]*$")]
    private static partial Regex SystemName();
}
