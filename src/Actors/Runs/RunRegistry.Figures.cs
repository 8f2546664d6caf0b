namespace Cairn.Actors.Runs;

/// <summary>What the registry tells of itself in numbers.</summary>
public sealed partial class RunRegistry
{
    /// <summary>Runs that are listed one by one: the newest.</summary>
    private const int MostRuns = 500;

    private readonly List<(RunFigures Run, TimeSpan At)> _ended = [];

    private void Measures()
    {
        Command<TakeFigures>(_ => Sender.Tell(Figures()));
        Command<Waits>(waits => RegistryMeter.Waited(Now - waits.Since));
        RegistryMeter.Begin();
    }

    private RegistryFigures Figures()
    {
        var runs = _index.All.Select(Row).OfType<RunRow>().GroupBy(r => r.State).ToDictionary(g => g.Key, g => g.LongCount());
        var counts = Books().Select(b => b.Counts).ToList();
        var batches = new Dictionary<BatchState, long>
        {
            [BatchState.Waiting] = counts.Sum(c => (long)c.Waiting),
            [BatchState.Granted] = counts.Sum(c => (long)c.Granted),
            [BatchState.Completed] = counts.Sum(c => (long)c.Completed),
            [BatchState.Failed] = counts.Sum(c => (long)c.Failed),
            [BatchState.Cancelled] = counts.Sum(c => (long)c.Cancelled),
            [BatchState.Dropped] = counts.Sum(c => (long)c.Dropped),
        };
        _ended.RemoveAll(ended => Now - ended.At > _setup.Times.EndedAreTold || _active.ContainsKey(ended.Run.Id));
        var active = _index.Active.TakeLast(MostRuns).Select(entry => _active.GetValueOrDefault(entry.Id)).OfType<ActiveRun>()
            .Where(run => run.Book is { Counts.Total: > 0 }).Select(run => Figures(run, run.Book!));
        return new RegistryFigures(runs, batches, _nodes.Rows(Books(), Now), _grants, _reports)
        {
            Progress = [.. active, .. _ended.TakeLast(MostRuns).Select(ended => ended.Run)],
        };
    }

    private RunFigures Figures(ActiveRun run, RunBook book)
    {
        var pace = run.Pace.Pace(book, Now);
        var age = run.Sessions.Age(book, Now - _setup.Time.GetElapsedTime(_begunAt), Now);
        return new RunFigures(run.Id, book.State, run.Pace.Reached(book), pace?.Done ?? 0, pace?.StepsPerSecond ?? 0, age)
        {
            DeadlineSpare = WithExpected(book, run.Pace).Deadline is { Expected: { } expected } standing ? standing.Due - expected : null,
        };
    }

    /// <summary>As it stood last, for those who look once in a while.</summary>
    private void KeepFigures(ActiveRun run, RunBook book)
    {
        if (book.Counts.Total > 0)
        {
            _ended.Add((Figures(run, book), Now));
        }
    }

    /// <summary>Journals an event, and measures how long that takes.</summary>
    private void KeepEvent<T>(T happened, Action<T> then)
        where T : RegistryEvent
    {
        var asked = Now;
        Persist(happened, kept =>
        {
            RegistryMeter.Wrote(Now - asked, isOfRun: false);
            then(kept);
        });
    }

    /// <summary>Behind what is in the mailbox by now.</summary>
    private void MeasureMailbox() => Self.Tell(new Waits(Now));

    private sealed record Waits(TimeSpan Since) : INoSerializationVerificationNeeded;
}
