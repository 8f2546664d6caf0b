namespace Cairn.Storage.Catalog;

/// <summary>Decides which boundaries of a session commit. With a fixed interval that depends only on the write count; an automatic one
/// changes, but only at the end of a <c>Write</c>, so that an earlier <c>FlushDue</c> stays true.</summary>
internal sealed class FlushSchedule
{
    private readonly CheckpointOptions _options;
    private readonly FlushInterval? _auto;
    private long _returned;
    private long _writingTicks;
    private int _since;
    private bool _failed;

    public FlushSchedule(CheckpointOptions options)
    {
        _options = options;
        _auto = options.AutoFlush is { } settings ? new FlushInterval(settings) : null;
        Interval = _auto?.Boundaries ?? options.FlushInterval;
        _returned = options.Time.GetTimestamp();
    }

    /// <summary>The current number of boundaries between commits; null leaves committing to <c>Flush</c>.</summary>
    public int? Interval { get; private set; }

    /// <summary>Whether the boundary after <paramref name="writeCount"/> ones will commit.</summary>
    public bool IsDue(int writeCount) => _auto is null
        ? Interval is { } interval && (writeCount + 1) % interval == 0
        : (writeCount + 1) % _options.AutoFlush!.Multiple == 0 && _since + 1 >= Interval;

    /// <summary>A commit that was counted as made was not made: the next boundary that may commit does, once the current call has
    /// ended.</summary>
    public void CommitFailed() => _failed = true;

    /// <summary>Runs a whole <c>Write</c> or <c>Flush</c>, telling apart the time in it from the time of the steps before it.</summary>
    public CheckpointRow? Measure(bool isBoundary, bool commits, Func<CheckpointRow?> call)
    {
        if (_auto is null)
            return call();

        var entered = _options.Time.GetTimestamp();
        var row = call();
        if (isBoundary)
            _auto.CountBoundary(_options.Time.GetElapsedTime(_returned, entered));

        _returned = _options.Time.GetTimestamp();
        _since = commits ? 0 : _failed ? Interval ?? 0 : _since + 1;
        _failed = false;
        if (commits)
            _auto.CountStall(_options.Time.GetElapsedTime(entered, _returned));

        if (Interlocked.Exchange(ref _writingTicks, 0) is > 0 and var ticks)
            _auto.CountWriting(TimeSpan.FromTicks(ticks));

        Interval = _auto.Boundaries;
        return row;
    }

    /// <summary>Runs the writing of a commit beside the step loop, on that thread.</summary>
    public void MeasureWriting(Action write)
    {
        var started = _options.Time.GetTimestamp();
        write();
        _ = Interlocked.Exchange(ref _writingTicks, _options.Time.GetElapsedTime(started).Ticks);
    }
}
