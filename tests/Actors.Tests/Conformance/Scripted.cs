namespace Cairn.Actors.Tests.Conformance;

/// <summary>An actor whose behaviour a test writes beside its expectations.</summary>
internal sealed class Scripted : UntypedActor, IWithTimers, IWithUnboundedStash
{
    private readonly Script _script;

    public Scripted(Script script)
    {
        _script = script;
        script.OnConstruct?.Invoke(this);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    /// <summary>State that a restart loses.</summary>
    public int Count { get; set; }

    public IUntypedActorContext Place => Context;

    public new IActorRef Sender => base.Sender;

    public new IActorRef Self => base.Self;

    public static Props Props(Script script) => PropsOf.Scripted(script);

    public new void RunTask(Func<Task> task) => base.RunTask(task);

    public IActorRef Add(Script script, string? name = null) => Context.ActorOf(Props(script), name);

    protected override void OnReceive(object message)
    {
        if (_script.OnMessage?.Invoke(this, message) != true)
        {
            Unhandled(message);
        }
    }

    protected override void PreStart()
    {
        Report("pre-start");
        _script.OnPreStart?.Invoke(this);
    }

    protected override void PostStop()
    {
        Report("post-stop");
        _script.OnPostStop?.Invoke(this);
    }

    protected override void PreRestart(Exception reason, object? message)
    {
        Report($"pre-restart {message}");
        if (_script.OnPreRestart is { } hook)
        {
            hook(this, reason, message);
        }
        else
        {
            base.PreRestart(reason, message!);
        }
    }

    protected override void PostRestart(Exception reason)
    {
        Report("post-restart");
        if (_script.OnPostRestart is { } hook)
        {
            hook(this, reason);
        }
        else
        {
            base.PostRestart(reason);
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() => _script.Strategy ?? base.SupervisorStrategy();

    private void Report(string what) => _script.Journal?.Tell(_script.Name.Length == 0 ? what : $"{_script.Name} {what}");
}

/// <summary>Outside of the actor, whose method Props hides the type.</summary>
file static class PropsOf
{
    public static Props Scripted(Script script) => Props.Create(() => new Scripted(script));
}
