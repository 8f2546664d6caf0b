namespace Cairn.Actors.Tests.Members;

/// <summary>A clock that a test moves by hand.</summary>
internal sealed class HandClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    /// <summary>The time of day that it begins at; null where that is the machine's.</summary>
    public DateTimeOffset? Begins { get; init; }

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => Begins is { } begins ? begins.AddTicks(Interlocked.Read(ref _ticks)) : base.GetUtcNow();
}

/// <summary>A clock that holds up whoever asks it for the time of day, as the beginning of an epoch does.</summary>
internal sealed class GatedClock : TimeProvider, IDisposable
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Asked => _asked.Task;

    public void Open() => _gate.Set();

    public override DateTimeOffset GetUtcNow()
    {
        _asked.TrySetResult();
        _gate.Wait();
        return base.GetUtcNow();
    }

    public void Dispose() => _gate.Dispose();
}
