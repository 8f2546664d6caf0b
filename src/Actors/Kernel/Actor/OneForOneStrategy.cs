using Cairn.ActorKernel.Cells;

namespace Cairn.ActorKernel.Actor;

/// <summary>The directive is applied to the child that failed, and to no other.</summary>
public sealed class OneForOneStrategy : SupervisorStrategy
{
    /// <param name="maxNrOfRetries">Restarts allowed, to each child: more stop it. Null or -1: no limit; 0: none.</param>
    /// <param name="withinTimeRange">The window in which they are counted, in milliseconds at least; null: for ever. With a window
    /// and no limit, one restart is allowed per window.</param>
    /// <param name="localOnlyDecider">Which directive.</param>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, new LocalOnlyDecider(localOnlyDecider))
    {
    }

    /// <inheritdoc cref="OneForOneStrategy(int?, TimeSpan?, Func{Exception, Directive})"/>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, (int)(withinTimeRange ?? Timeout.InfiniteTimeSpan).TotalMilliseconds, decider)
    {
    }

    /// <inheritdoc cref="OneForOneStrategy(int?, TimeSpan?, Func{Exception, Directive})"/>
    public OneForOneStrategy(
        int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, new LocalOnlyDecider(localOnlyDecider), loggingEnabled)
    {
    }

    /// <inheritdoc cref="OneForOneStrategy(int?, TimeSpan?, Func{Exception, Directive})"/>
    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
        : base(decider, (maxNrOfRetries, withinTimeMilliseconds), loggingEnabled)
    {
    }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, -1, localOnlyDecider)
    {
    }

    public OneForOneStrategy(IDecider decider)
        : this(-1, -1, decider)
    {
    }

    private protected override void Treat(ActorCell supervisor, ChildState failed, (Exception Cause, bool MayRestart) failure)
    {
        if (failure.MayRestart && failed.MayRestart(Limit, supervisor.Clock))
        {
            failed.Child.Send(new RestartActor(failure.Cause));
        }
        else
        {
            supervisor.Stop(failed.Child);
        }
    }
}
