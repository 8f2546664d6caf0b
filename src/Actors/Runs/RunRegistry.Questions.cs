namespace Cairn.Actors.Runs;

/// <summary>Answers to questions, and watchers.</summary>
public sealed partial class RunRegistry
{
    /// <summary>Ended runs that were asked for lately are kept in memory.</summary>
    private const int MaxCached = 8;

    /// <summary>Figures list the newest runs one by one.</summary>
    private const int MaxListedRuns = 500;

    private readonly List<RunBook> _cache = [];
    private readonly List<(RunFigures Run, TimeSpan At)> _endedFigures = [];
    private readonly Dictionary<string, (IActorRef Keeper, List<(object Question, IActorRef From)> Questions)> _reading =
        new(StringComparer.Ordinal);

    private IReadOnlyList<DateTimeOffset> _registryStarts = [];

    private void Questions()
    {
        Command<ListRuns>(list => Sender.Tell(List(list)));
        Command<DescribeRun>(describe => OnQuestion(describe.Id, describe));
        Command<ListBatches>(list => OnQuestion(list.Id, list));
        Command<ListNodes>(_ => Sender.Tell(new NodeList(_nodes.Rows(Books(), Now)) { RegistryBegan = _registryStarts }));
        Command<RegistriesBegan>(began => _registryStarts = began.Times);
        Command<WatchRun>(OnWatch);
        Command<TakeFigures>(_ => Sender.Tell(Figures()));
        Command<MailboxProbe>(probe => RegistryMeter.Waited(Now - probe.SentAt));
    }

    private RunList List(ListRuns list)
    {
        var rows = _index.Page(list.Limit, list.Before).Select(Row).OfType<RunRow>().ToList();
        var paces = new Dictionary<string, RunPace>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (_active.GetValueOrDefault(row.Id) is { Book: { } book } run && run.Pace.Pace(book, Now) is { } pace)
                paces[row.Id] = pace;
        }

        return new RunList(rows) { Paces = paces };
    }

    private RunRow? Row(RunIndexEntry entry) => entry.Row ?? _active.GetValueOrDefault(entry.Id)?.Book?.ToRow()
        ?? (entry.Run is { } run ? RunBook.Empty.Apply(new RunSubmitted(run, UtcNow)).ToRow() : null);

    // -------------------------------------------------------------------------------------------------- questions about a run

    private void OnQuestion(string id, object question)
    {
        if (_active.TryGetValue(id, out var run))
        {
            // Before its journal is read the question waits.
            run.Questions.Add((question, Sender));
            if (run.Book is not null || run.IsUnavailable)
                AnswerQuestions(run);
        }
        else if (_cache.Find(b => b.Run!.Id == id) is { } cached)
        {
            Sender.Tell(Answer(question, cached, null));
        }
        else if (_index.Find(id) is { } entry)
        {
            ReadEnded(entry, question);
        }
        else
        {
            Sender.Tell(new NoSuchRun(id));
        }
    }

    private void AnswerQuestions(ActiveRun run)
    {
        foreach (var (question, from) in run.Questions)
            from.Tell(run.Book is { } book ? Answer(question, book, run.Pace) : JournalUnavailable(run.Id));

        run.Questions.Clear();
    }

    /// <summary>A keeper without a submission reads the journal of a run that has ended.</summary>
    private void ReadEnded(RunIndexEntry entry, object question)
    {
        if (!_reading.TryGetValue(entry.Id, out var reading))
            _reading[entry.Id] = reading = (StartKeeper(entry.Id, null), []);

        reading.Questions.Add((question, Sender));
    }

    private void OnEndedRunRead(KeeperAdvanced advanced)
    {
        if (_reading.TryGetValue(advanced.Id, out var reading) && reading.Keeper.Equals(advanced.Keeper))
        {
            _reading.Remove(advanced.Id);
            Context.Stop(reading.Keeper);
            Cache(advanced.Book);
            reading.Questions.ForEach(a => a.From.Tell(Answer(a.Question, advanced.Book, null)));
        }
    }

    private void Cache(RunBook book)
    {
        _cache.RemoveAll(b => b.Run!.Id == book.Run!.Id);
        _cache.Add(book);
        if (_cache.Count > MaxCached)
            _cache.RemoveAt(0);
    }

    private object Answer(object question, RunBook book, RunPaceMeter? pace) => question switch
    {
        ListBatches list => Batches(list, book, pace),
        _ => new RunDescription(ActiveRun.RowOf(book, pace, Now, UtcNow), book.Run!.Spec, pace?.Pace(book, Now)),
    };

    private BatchList Batches(ListBatches list, RunBook book, RunPaceMeter? pace)
    {
        var rooms = _nodes.Rooms(Books());
        // All batches of members wait for the same reason.
        var reasons = new Dictionary<int, string?>();
        string? Why(BatchEntry batch)
        {
            var kind = Math.Min(batch.Batch.First, 0);
            return batch.State != BatchState.Waiting ? null
                : reasons.TryGetValue(kind, out var known) ? known : reasons[kind] = Placement.WhyWaiting(book, batch, rooms);
        }

        var rows = book.Batches.Values.Where(b => b.State != BatchState.Pending && (list.After is not { } after || b.Batch.First > after))
            .Take(list.Limit + 1).Select(b => new BatchRow(
                b.Batch, b.State, b.Epoch, b.Node, b.Losses, b.Newest, pace?.LeadTimeOf(b.Batch), Why(b), b.Error, b.Attempts)).ToList();
        return new BatchList([.. rows.Take(list.Limit)], rows.Count > list.Limit);
    }

    // ---------------------------------------------------------------------------------------------------------------- figures

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
        _endedFigures.RemoveAll(ended => Now - ended.At > _setup.Times.EndedRunsListedFor || _active.ContainsKey(ended.Run.Id));
        var active = _index.Active.TakeLast(MaxListedRuns).Select(entry => _active.GetValueOrDefault(entry.Id)).OfType<ActiveRun>()
            .Where(run => run.Book is { Counts.Total: > 0 }).Select(run => run.Figures(run.Book!, _startedAt, Now, UtcNow));
        return new RegistryFigures(runs, batches, _nodes.Rows(Books(), Now), _grants, _reports)
        {
            Progress = [.. active, .. _endedFigures.TakeLast(MaxListedRuns).Select(ended => ended.Run)],
        };
    }

    /// <summary>The last figures of a run that has ended, for collectors that read them rarely.</summary>
    private void KeepFigures(ActiveRun run, RunBook book)
    {
        if (book.Counts.Total > 0)
            _endedFigures.Add((run.Figures(book, _startedAt, Now, UtcNow), Now));
    }

    // --------------------------------------------------------------------------------------------------------------- watchers

    private void OnWatch(WatchRun watch)
    {
        if (_active.TryGetValue(watch.Id, out var run))
        {
            Watch(run, Sender);
            Sender.Tell(new CommandAccepted(watch.Id));
        }
        else
        {
            Sender.Tell(_index.Find(watch.Id) is { Row: { } row } entry
                ? new RunFinished(watch.Id, row.State, entry.Refusal, row.Error)
                : new NoSuchRun(watch.Id));
        }
    }

    private static void Watch(ActiveRun run, IActorRef watcher)
    {
        run.AddWatcher(watcher);
        Context.Watch(watcher);
    }
}
