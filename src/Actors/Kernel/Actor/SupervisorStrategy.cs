using Cairn.ActorKernel.Cells;
using Cairn.ActorKernel.Event;

namespace Cairn.ActorKernel.Actor;

/// <summary>
/// How an actor answers failures of its children: <see cref="OneForOneStrategy"/> treats the failed one alone,
/// <see cref="AllForOneStrategy"/> all of them alike.
/// </summary>
public abstract class SupervisorStrategy
{
    /// <summary>Restart, but stop what could not be created, what was killed, and what broke a death pact.</summary>
    public static readonly IDecider DefaultDecider = Actor.Decider.From(
        Directive.Restart,
        Directive.Stop.When<ActorInitializationException>(),
        Directive.Stop.When<ActorKilledException>(),
        Directive.Stop.When<DeathPactException>());

    /// <summary>One for one, without a limit, as <see cref="DefaultDecider"/> says.</summary>
    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>Stops whichever child fails.</summary>
    public static readonly OneForOneStrategy StoppingStrategy = new(_ => Directive.Stop);

    private protected SupervisorStrategy(IDecider decider, (int Retries, int Milliseconds) limit, bool loggingEnabled)
    {
        Decider = decider;
        Limit = limit;
        LoggingEnabled = loggingEnabled;
    }

    public IDecider Decider { get; }

    internal (int Retries, int Milliseconds) Limit { get; }

    private bool LoggingEnabled { get; }

    /// <summary>Carries out what the decider says. False if the supervisor has to fail itself.</summary>
    internal bool Handle(ActorCell supervisor, ChildState failed, Exception cause)
    {
        var directive = Decider.Decide(cause);
        Report(supervisor, failed, (cause, directive));
        switch (directive)
        {
            case Directive.Escalate:
                return false;
            case Directive.Resume:
                failed.Child.Send(new ResumeActor(cause));
                return true;
            default:
                Treat(supervisor, failed, (cause, directive == Directive.Restart));
                return true;
        }
    }

    private protected abstract void Treat(ActorCell supervisor, ChildState failed, (Exception Cause, bool MayRestart) failure);

    private void Report(ActorCell supervisor, ChildState failed, (Exception Cause, Directive Directive) what)
    {
        if (!LoggingEnabled || what.Directive == Directive.Escalate)
        {
            return;
        }

        var (source, text) = (failed.Child.Path.ToString(), (what.Cause as ActorInitializationException)?.InnerException?.Message);
        text ??= what.Cause.Message;
        supervisor.System.EventStream.Publish(what.Directive == Directive.Resume
            ? new Warning(what.Cause, source, GetType(), text)
            : new Error(what.Cause, source, GetType(), text));
    }
}
