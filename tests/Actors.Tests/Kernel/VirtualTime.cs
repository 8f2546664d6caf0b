namespace Cairn.Actors.Tests.Kernel;

/// <summary>A clock that stands still until a test moves it; timers that come due fire in order, on the thread that moves it.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>How many timers wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count(t => t.Due is not null);
            }
        }
    }

    public void Advance(TimeSpan by)
    {
        var end = GetTimestamp() + by.Ticks;
        while (NextDue(end) is { } timer)
        {
            timer();
        }

        Interlocked.Exchange(ref _ticks, end);
    }

    private Action? NextDue(long end)
    {
        lock (_lock)
        {
            if (_timers.Where(t => t.Due <= end).MinBy(t => t.Due) is not { } next)
            {
                return null;
            }

            Interlocked.Exchange(ref _ticks, next.Due!.Value);
            next.Due = next.Period is { } period ? next.Due + period : null;
            return next.Fire;
        }
    }

    private sealed class Timer(VirtualTime clock, Action fire) : ITimer
    {
        public Action Fire => fire;

        public long? Due { get; set; }

        public long? Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                Due = dueTime < TimeSpan.Zero ? null : clock.GetTimestamp() + dueTime.Ticks;
                Period = period <= TimeSpan.Zero ? null : period.Ticks;
                if (!clock._timers.Contains(this))
                {
                    clock._timers.Add(this);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
