using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>How far a run is, in numbers.</summary>
/// <param name="Id">The run.</param>
/// <param name="State">Where it stands.</param>
/// <param name="LeadTime">The lead time that all its batches have reached, but for those that failed.</param>
/// <param name="Done">The part of all batches' lead times that is behind them, from 0 to 1.</param>
/// <param name="StepsPerSecond">Model steps of all batches under way together.</param>
/// <param name="SessionAge">
/// Since the newest session of the batch that has gone without one for the longest, of those under way: what would be stepped again if all
/// nodes died. A batch counts from its grant, and from the beginning of this registry, where that is later. Null where nothing goes on.
/// </param>
public sealed record RunFigures(
    string Id, RunState State, TimeSpan LeadTime, double Done, double StepsPerSecond, TimeSpan? SessionAge)
{
    /// <summary>Time from when its members are expected to be complete to its deadline, negative where that is sooner; null where it has
    /// none, or nothing is known.</summary>
    public TimeSpan? DeadlineSpare { get; init; }
}

/// <summary>
/// When the batches of a run had their newest sessions. Pure: it is fed with what the run's journal gets, and with times of a clock that
/// only grows.
/// </summary>
internal sealed class SessionTimes
{
    private readonly Dictionary<int, TimeSpan> _newest = [];

    /// <summary>The journal has something new.</summary>
    public void Heard(JournalEvent happened, TimeSpan now)
    {
        switch (happened)
        {
            case SessionReported session:
                _newest[session.Batch.First] = now;
                break;
            case BatchGranted granted:
                // While it waited nothing was stepped that could be lost.
                _newest[granted.Batch.First] = now;
                break;
        }
    }

    /// <summary>The age of the newest session, of the batch under way whose is the oldest; null where none is.</summary>
    /// <param name="book">The run.</param>
    /// <param name="since">Since when the journal was listened to.</param>
    /// <param name="now">The time.</param>
    public TimeSpan? Age(RunBook book, TimeSpan since, TimeSpan now) => book.IsPaused ? null
        : book.Batches.Values.Where(b => b is { IsOfMembers: true, State: BatchState.Granted })
            .Select(b => (TimeSpan?)(now - _newest.GetValueOrDefault(b.Batch.First, since))).Max();
}
