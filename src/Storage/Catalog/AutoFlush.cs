namespace Cairn.Storage.Catalog;

/// <summary>
/// Lets a session derive its flush interval from what it measures: what a commit costs, how long a boundary takes, and how often runs
/// fail (<see cref="FlushInterval"/>).
/// </summary>
public sealed record AutoFlush
{
    /// <summary>The longest interval, in boundaries: what one is ready to repeat at worst.</summary>
    public int MaxInterval { get; init; } = 64;

    /// <summary>
    /// Commits fall on write counts that are multiples of this: the lead times in a file of field output, so that a file is complete at
    /// every session.
    /// </summary>
    public int Multiple { get; init; } = 1;

    /// <summary>The failures seen so far, counted by the code that restarts the work.</summary>
    public int Failures { get; init; }

    /// <summary>The time in which <see cref="Failures"/> were seen; a session adds its own.</summary>
    public TimeSpan Observed { get; init; }

    /// <summary>
    /// What is taken for the time between failures before any was seen. It weighs as much as one failure, and so fades as experience
    /// grows.
    /// </summary>
    public TimeSpan AssumedTimeBetweenFailures { get; init; } = TimeSpan.FromHours(24);

    internal string? Defect() =>
        Multiple < 1 ? $"multiple is {Multiple}; expected a number of boundaries from 1"
        : MaxInterval < Multiple ? $"longest interval is {MaxInterval}; expected at least the multiple, {Multiple}"
        : Failures < 0 || Observed < TimeSpan.Zero ? $"record of failures is {Failures} in {Observed}; expected nothing negative"
        : AssumedTimeBetweenFailures <= TimeSpan.Zero
            ? $"assumed time between failures is {AssumedTimeBetweenFailures}; expected more than zero"
        : null;
}
