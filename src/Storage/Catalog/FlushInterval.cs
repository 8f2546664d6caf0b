namespace Cairn.Storage.Catalog;

/// <summary>How many boundaries to wait between commits, so that the time spent on commits plus the time lost to failures is least. Pure:
/// durations in, a number out.</summary>
/// <remarks>J. W. Young, "A first order approximation to the optimum checkpoint interval", Communications of the ACM 17 (1974) 530; J. T.
/// Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps", Future Generation Computer Systems 22 (2006) 303,
/// equation 37.</remarks>
public sealed class FlushInterval
{
    // A running mean that forgets: machines and models change their pace.
    private const double LeastWeight = 0.1;

    private readonly AutoFlush _settings;
    private readonly RunningMean _boundary = new(LeastWeight);
    private readonly RunningMean _stall = new(LeastWeight);
    private readonly RunningMean _writing = new(LeastWeight);
    private double _elapsed;

    /// <summary>Begins without any measurement.</summary>
    /// <exception cref="SpecException">A setting is out of range.</exception>
    public FlushInterval(AutoFlush settings)
    {
        if (settings.Defect() is { } defect)
            throw new SpecException($"The automatic flush interval's {defect}.");

        _settings = settings;
    }

    /// <summary>The mean time between failures as far as known, in seconds.</summary>
    public double SecondsBetweenFailures =>
        (_settings.AssumedTimeBetweenFailures.TotalSeconds + _settings.Observed.TotalSeconds + _elapsed) / (1 + _settings.Failures);

    /// <summary>The interval, in boundaries: a multiple of <see cref="AutoFlush.Multiple"/> up to <see cref="AutoFlush.MaxInterval"/>. The
    /// smallest until both a boundary and a commit have been measured.</summary>
    public int Boundaries
    {
        get
        {
            if (_boundary.Count == 0 || _stall.Count == 0)
                return _settings.Multiple;

            var wanted = Optimal(_stall.Value, SecondsBetweenFailures) / Math.Max(_boundary.Value, double.Epsilon);
            // A commit that is still being written when the next one is due would stop the step loop.
            var least = _writing.Value / Math.Max(_boundary.Value, double.Epsilon);
            var multiples = Math.Round(Math.Max(wanted, least) / _settings.Multiple);
            return (int)Math.Clamp(multiples, 1, _settings.MaxInterval / _settings.Multiple) * _settings.Multiple;
        }
    }

    /// <summary>Counts a boundary.</summary>
    /// <param name="elapsed">The time since the one before, without what commits took of it.</param>
    public void CountBoundary(TimeSpan elapsed)
    {
        _boundary.Add(elapsed.TotalSeconds);
        _elapsed += elapsed.TotalSeconds;
    }

    /// <summary>Counts a commit.</summary>
    /// <param name="stall">How long the step loop stood still for it.</param>
    public void CountStall(TimeSpan stall)
    {
        _stall.Add(stall.TotalSeconds);
        _elapsed += stall.TotalSeconds;
    }

    /// <summary>Counts a commit that was written beside the step loop.</summary>
    /// <param name="duration">How long the writing took.</param>
    public void CountWriting(TimeSpan duration) => _writing.Add(duration.TotalSeconds);

    /// <summary>Daly's interval between commits.</summary>
    /// <param name="commitCost">What a commit costs the step loop, in seconds.</param>
    /// <param name="timeBetweenFailures">The mean time between failures, in seconds.</param>
    /// <returns>The time from the end of one commit to the start of the next, in seconds.</returns>
    public static double Optimal(double commitCost, double timeBetweenFailures)
    {
        if (commitCost >= 2 * timeBetweenFailures)
            return timeBetweenFailures;

        var x = commitCost / (2 * timeBetweenFailures);
        return (Math.Sqrt(2 * commitCost * timeBetweenFailures) * (1 + (Math.Sqrt(x) / 3) + (x / 9))) - commitCost;
    }

    private sealed class RunningMean(double leastWeight)
    {
        public int Count { get; private set; }
        public double Value { get; private set; }

        public void Add(double value)
        {
            Count++;
            Value += (value - Value) * Math.Max(1.0 / Count, leastWeight);
        }
    }
}

/// <summary>Lets a session derive its flush interval from what it measures: what a commit costs, how long a boundary takes, and how often
/// runs fail (<see cref="FlushInterval"/>).</summary>
public sealed record AutoFlush
{
    /// <summary>The longest interval, in boundaries: the most work repeated after a failure.</summary>
    public int MaxInterval { get; init; } = 64;

    /// <summary>Commits fall on write counts that are multiples of this: the lead times in a file of field output, so that a file is
    /// complete at every session.</summary>
    public int Multiple { get; init; } = 1;

    /// <summary>The failures seen so far, counted by the code that restarts the work.</summary>
    public int Failures { get; init; }

    /// <summary>The time in which <see cref="Failures"/> were seen; a session adds its own.</summary>
    public TimeSpan Observed { get; init; }

    /// <summary>The assumed time between failures before any was seen. It weighs as much as one failure, and so fades as experience
    /// grows.</summary>
    public TimeSpan AssumedTimeBetweenFailures { get; init; } = TimeSpan.FromHours(24);

    internal string? Defect() =>
        Multiple < 1 ? $"multiple is {Multiple}; expected a number of boundaries from 1"
        : MaxInterval < Multiple ? $"longest interval is {MaxInterval}; expected at least the multiple, {Multiple}"
        : Failures < 0 || Observed < TimeSpan.Zero ? $"record of failures is {Failures} in {Observed}; expected nothing negative"
        : AssumedTimeBetweenFailures <= TimeSpan.Zero
            ? $"assumed time between failures is {AssumedTimeBetweenFailures}; expected more than zero"
        : null;
}
