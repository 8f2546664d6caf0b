using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Timing;

/// <summary>One message that is due later, once or repeatedly, unless it is cancelled or the system stops before.</summary>
internal sealed class ScheduledTell(ActorScheduler scheduler, ICanTell receiver, (object Message, IActorRef? Sender) what)
{
    private readonly Lock _ending = new();
    private ITimer? _timer;
    private CancellationTokenRegistration _cancellation;
    private bool _repeats;
    private bool _hasEnded;

    public void Start(TimeSpan delay, TimeSpan interval, ICancelable? cancelable)
    {
        if (scheduler.IsStopped || cancelable is { IsCancellationRequested: true })
        {
            return;
        }

        _repeats = interval != Timeout.InfiniteTimeSpan;

        // The timer is set going only once it is stored, since a short one may fire before CreateTimer returns.
        _timer = scheduler.Clock.CreateTimer(
            static state => ((ScheduledTell)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _cancellation = cancelable?.Token.UnsafeRegister(static state => ((ScheduledTell)state!).End(), this) ?? default;
        lock (_ending)
        {
            if (!_hasEnded)
            {
                _timer.Change(delay, interval);
            }
        }
    }

    private void Fire()
    {
        lock (_ending)
        {
            if (_hasEnded)
            {
                return;
            }
        }

        if (scheduler.IsStopped || !_repeats)
        {
            End();
        }

        if (!scheduler.IsStopped)
        {
            receiver.Tell(what.Message, what.Sender);
        }
    }

    private void End()
    {
        lock (_ending)
        {
            _hasEnded = true;
            _timer?.Dispose();
        }

        // Unregister, unlike Dispose, does not wait for a callback that is running, which may be this one.
        _cancellation.Unregister();
    }
}
