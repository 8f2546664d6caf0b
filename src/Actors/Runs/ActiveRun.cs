using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>A run that has not ended, as the registry sees it.</summary>
internal sealed class ActiveRun(string id, IActorRef keeper)
{
    private readonly List<(long Number, BatchGranted Grant)> _placed = [];
    private readonly RunPaceMeter _pace = new();
    private readonly SessionTimes _sessions = new();
    private readonly HashSet<IActorRef> _watchers = [];
    private DateTimeOffset? _doubtedSince;
    private int _lastAlert;
    private DeadlineAlerted? _alertOutcome;
    private long _placements;

    public string Id => id;

    public IActorRef Keeper => keeper;

    /// <summary>The run as in its journal; null until that is read.</summary>
    public RunBook? Book { get; private set; }

    /// <summary>The same with the grants that the keeper is about to journal.</summary>
    public RunBook? Expected { get; private set; }

    public RunPaceMeter Pace => _pace;

    /// <summary>Whether its keeper has stopped, and has not returned yet.</summary>
    public bool IsUnavailable { get; private set; }

    /// <summary>It has ended, and the registry is journaling that.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>It had ended, and is about to be retried.</summary>
    public bool IsReturning { get; set; }

    /// <summary>Questions that arrived before its journal was read.</summary>
    public List<(object Question, IActorRef From)> Questions { get; } = [];

    public void Advanced(KeeperAdvanced advanced, TimeSpan now)
    {
        IsUnavailable = false;
        Book = advanced.Book;
        _placed.RemoveAll(p => advanced.HasBegun || p.Number <= advanced.Placed);
        Expected = _placed.Aggregate(Book, (book, placed) => Add(book, placed.Grant));
        foreach (var happened in advanced.Events)
        {
            _sessions.Record(happened, now);
            _pace.Record(happened);
        }
    }

    public void Unavailable() => IsUnavailable = true;

    /// <summary>The message with which the keeper journals these grants.</summary>
    public PlaceBatches Place(IReadOnlyList<GrantBatch> grants, DateTimeOffset utc)
    {
        _placements++;
        foreach (var grant in grants)
        {
            var granted = new BatchGranted(grant.Batch, 0, 0, grant.Shares, utc);
            _placed.Add((_placements, granted));
            Expected = Add(Expected!, granted);
        }

        return new PlaceBatches(_placements, grants);
    }

    private static RunBook Add(RunBook book, BatchGranted granted) =>
        book.Find(granted.Batch) is { State: BatchState.Waiting } ? book.Apply(granted) : book;

    // --------------------------------------------------------------------------------------------------------------- deadline

    /// <summary>A change of how the run stands to its deadline; null if there is none. The keeper ignores duplicates.</summary>
    public DeadlineJudged? JudgeDeadline(TimeSpan now, DateTimeOffset utc)
    {
        if (Book is not { HasEnded: false, Deadline: { IsSettled: false } standing } book)
            return null;

        var decision = Deadline.Decide(standing, RunOutlook.Of(book, _pace, now), _doubtedSince, utc);
        _doubtedSince = decision.DoubtedSince;
        return decision.State == standing.State ? null : new DeadlineJudged(decision.State, decision.Expected);
    }

    /// <summary>
    /// The next alert that is to be sent, once: an alert that this registry has sent is not sent again even if its keeper was restarted. A
    /// new registry sends whatever the journal does not have as sent.
    /// </summary>
    public DeadlineAlert? NextAlert()
    {
        if (Book is not { PendingAlerts: [var next, ..] } || next.Number <= _lastAlert)
            return null;

        (_lastAlert, _alertOutcome) = (next.Number, null);
        return next;
    }

    /// <summary>Tells the keeper how the last alert ended.</summary>
    public void AlertEnded(DeadlineAlerted outcome)
    {
        _alertOutcome = outcome;
        keeper.Tell(outcome);
    }

    /// <summary>A restarted keeper may have missed the outcome of the alert that is pending in its journal.</summary>
    public void RepeatAlertOutcome()
    {
        if (Book is { PendingAlerts: [_, ..] } && _alertOutcome is { } outcome)
            keeper.Tell(outcome);
    }

    // --------------------------------------------------------------------------------------------------------------- figures

    /// <summary>The run's row, with the expected time that its pace gives.</summary>
    public static RunRow RowOf(RunBook book, RunPaceMeter? pace, TimeSpan now, DateTimeOffset utc)
    {
        var row = book.ToRow();
        return pace is not null && row.Deadline is { IsSettled: false } standing
            ? row with
            {
                Deadline = standing with { Expected = Deadline.Decide(standing, RunOutlook.Of(book, pace, now), null, utc).Expected },
            }
            : row;
    }

    /// <param name="since">When this registry started, by the clock of <paramref name="now"/>.</param>
    public RunFigures Figures(RunBook book, TimeSpan since, TimeSpan now, DateTimeOffset utc)
    {
        var pace = _pace.Pace(book, now);
        return new RunFigures(
            id, book.State, _pace.Reached(book), pace?.Done ?? 0, pace?.StepsPerSecond ?? 0, _sessions.Age(book, since, now))
        {
            DeadlineSpare = RowOf(book, _pace, now, utc).Deadline is { Expected: { } expected } standing ? standing.Due - expected : null,
        };
    }

    // -------------------------------------------------------------------------------------------------------------- watchers

    public void AddWatcher(IActorRef watcher) => _watchers.Add(watcher);

    public void RemoveWatcher(IActorRef watcher) => _watchers.Remove(watcher);

    public void TellWatchers(RunEvent happened) => TellWatchers(new RunHappened(id, happened));

    public void TellWatchersItEnded(RunBook book) => TellWatchers(new RunFinished(id, book.State, book.Refusal, book.Error));

    private void TellWatchers(object message)
    {
        foreach (var watcher in _watchers)
            watcher.Tell(message);
    }
}
