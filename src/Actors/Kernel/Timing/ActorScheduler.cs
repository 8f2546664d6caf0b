using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Timing;

/// <summary>Sends messages later, by the timers of a clock.</summary>
internal sealed class ActorScheduler(TimeProvider clock) : IScheduler
{
    private readonly long _start = clock.GetTimestamp();
    private volatile bool _isStopped;

    public TimeProvider Clock => clock;

    public bool IsStopped => _isStopped;

    public DateTimeOffset Now => clock.GetUtcNow();

    public TimeSpan MonotonicClock => clock.GetElapsedTime(_start);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        new ScheduledTell(this, receiver, (message, sender)).Start(delay, Timeout.InfiniteTimeSpan, cancelable);
    }

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(initialDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        new ScheduledTell(this, receiver, (message, sender)).Start(initialDelay, interval, cancelable);
    }

    public void Stop() => _isStopped = true;
}
