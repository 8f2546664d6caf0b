using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Cells;

namespace Cairn.ActorKernel.Timing;

/// <summary>The timers of one instance of an actor. Used in that actor's turns only.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, (TimerTick Tick, ICancelable Task)> _timers = [];

    public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => StartPeriodicTimer(key, msg, interval, interval);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval)
    {
        Cancel(key);
        var tick = TimerTick.Create(this, key, msg, repeats: true);
        _timers[key] = (tick, cell.System.Scheduler.ScheduleTellRepeatedlyCancelable(initialDelay, interval, cell.Self, tick, null));
    }

    public void StartSingleTimer(object key, object msg, TimeSpan timeout)
    {
        Cancel(key);
        var tick = TimerTick.Create(this, key, msg, repeats: false);
        _timers[key] = (tick, cell.System.Scheduler.ScheduleTellOnceCancelable(timeout, cell.Self, tick, null));
    }

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out var timer))
        {
            timer.Task.Cancel();
        }
    }

    public void CancelAll()
    {
        foreach (var timer in _timers.Values)
        {
            timer.Task.Cancel();
        }

        _timers.Clear();
    }

    /// <summary>The message of a tick that has arrived, or null if its timer was cancelled or replaced while it was queued.</summary>
    public object? Take(TimerTick tick)
    {
        if (!_timers.TryGetValue(tick.Key, out var timer) || timer.Tick != tick)
        {
            return null;
        }

        if (!tick.Repeats)
        {
            _timers.Remove(tick.Key);
        }

        return tick.Message;
    }
}
