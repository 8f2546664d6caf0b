using Cairn.ActorKernel.Cells;

namespace Cairn.ActorKernel.Actor;

/// <summary>The directive is applied to all children when one of them fails.</summary>
public sealed class AllForOneStrategy : SupervisorStrategy
{
    /// <inheritdoc cref="OneForOneStrategy(int?, TimeSpan?, Func{Exception, Directive})"/>
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, new LocalOnlyDecider(localOnlyDecider))
    {
    }

    /// <inheritdoc cref="OneForOneStrategy(int?, TimeSpan?, Func{Exception, Directive})"/>
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, (int)(withinTimeRange ?? Timeout.InfiniteTimeSpan).TotalMilliseconds, decider)
    {
    }

    /// <inheritdoc cref="OneForOneStrategy(int?, TimeSpan?, Func{Exception, Directive})"/>
    public AllForOneStrategy(
        int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, new LocalOnlyDecider(localOnlyDecider), loggingEnabled)
    {
    }

    /// <inheritdoc cref="OneForOneStrategy(int?, TimeSpan?, Func{Exception, Directive})"/>
    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
        : base(decider, (maxNrOfRetries, withinTimeMilliseconds), loggingEnabled)
    {
    }

    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, -1, localOnlyDecider)
    {
    }

    public AllForOneStrategy(IDecider decider)
        : this(-1, -1, decider)
    {
    }

    private protected override void Treat(ActorCell supervisor, ChildState failed, (Exception Cause, bool MayRestart) failure)
    {
        var children = supervisor.ChildStates();
        if (!failure.MayRestart || !children.All(c => c.MayRestart(Limit, supervisor.Clock)))
        {
            children.ForEach(c => supervisor.Stop(c.Child));
            return;
        }

        foreach (var child in children)
        {
            // The failed one suspended itself; a restart ends one suspension.
            if (child != failed)
            {
                child.Child.Send(new SuspendActor());
            }

            child.Child.Send(new RestartActor(failure.Cause));
        }
    }
}
