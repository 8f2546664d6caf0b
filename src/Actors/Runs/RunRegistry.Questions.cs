using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>The registry's answers, and its messages to watchers.</summary>
public sealed partial class RunRegistry
{
    /// <summary>Books of runs that have ended and were asked for lately.</summary>
    private const int MostCached = 8;

    private IReadOnlyList<DateTimeOffset> _begun = [];
    private readonly List<RunBook> _cache = [];
    private readonly Dictionary<string, (IActorRef Keeper, List<(object Question, IActorRef From)> Asked)> _reading =
        new(StringComparer.Ordinal);

    private void Questions()
    {
        Command<ListRuns>(list => Sender.Tell(List(list)));
        Command<DescribeRun>(describe => OnQuestion(describe.Id, describe));
        Command<ListBatches>(list => OnQuestion(list.Id, list));
        Command<ListNodes>(_ => Sender.Tell(
            new NodeList(_nodes.Rows(Books(), Now)) { RegistryBegan = _begun }));
        Command<RegistriesBegan>(began => _begun = began.Times);
        Command<WatchRun>(OnWatch);
    }

    private RunList List(ListRuns list)
    {
        var rows = _index.Page(list.Limit, list.Before).Select(Row).OfType<RunRow>().ToList();
        var paces = new Dictionary<string, RunPace>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (_active.GetValueOrDefault(row.Id) is { Book: { } book } run && run.Pace.Pace(book, Now) is { } pace)
            {
                paces[row.Id] = pace;
            }
        }

        return new RunList(rows) { Paces = paces };
    }

    private RunRow? Row(RunIndexEntry entry) => entry.Row ?? _active.GetValueOrDefault(entry.Id)?.Book?.ToRow()
        ?? (entry.Run is { } run ? RunBook.Empty.Apply(new RunSubmitted(run, _setup.Time.GetUtcNow())).ToRow() : null);

    // ----------------------------------------------------------------------------------------------------------------- asking

    private void OnQuestion(string id, object question)
    {
        if (_active.TryGetValue(id, out var run))
        {
            AskActive(run, question);
        }
        else if (_cache.Find(b => b.Run!.Id == id) is { } cached)
        {
            Sender.Tell(Answer(question, cached, null));
        }
        else if (_index.Find(id) is { } entry)
        {
            Read(entry, question);
        }
        else
        {
            Sender.Tell(new NoSuchRun(id));
        }
    }

    /// <summary>A question that comes before the run's journal is read waits for it.</summary>
    private void AskActive(ActiveRun run, object question)
    {
        if (run.Book is { } book)
        {
            Sender.Tell(Answer(question, book, run.Pace));
        }
        else if (run.IsAway)
        {
            Sender.Tell(new RegistryAway($"the journal of {run.Id} does not answer"));
        }
        else
        {
            run.Asked.Add((question, Sender));
        }
    }

    private void AnswerAsked(ActiveRun run)
    {
        foreach (var (question, from) in run.Asked)
        {
            from.Tell(run.Book is { } book
                ? Answer(question, book, run.Pace) : new RegistryAway($"the journal of {run.Id} does not answer"));
        }

        run.Asked.Clear();
    }

    /// <summary>A run that has ended is read from its journal on request.</summary>
    private void Read(RunIndexEntry entry, object question)
    {
        if (!_reading.TryGetValue(entry.Id, out var reading))
        {
            var setup = new RunKeeperSetup(entry.Id, null, Self, _setup.Time, _setup.Times);
            _reading[entry.Id] = reading = (Start(setup), []);
        }

        reading.Asked.Add((question, Sender));
    }

    private void OnRead(KeeperAdvanced advanced)
    {
        if (_reading.TryGetValue(advanced.Id, out var reading) && reading.Keeper.Equals(advanced.Keeper))
        {
            _reading.Remove(advanced.Id);
            Context.Stop(reading.Keeper);
            Cache(advanced.Book);
            reading.Asked.ForEach(a => a.From.Tell(Answer(a.Question, advanced.Book, null)));
        }
    }

    private void Cache(RunBook book)
    {
        _cache.RemoveAll(b => b.Run!.Id == book.Run!.Id);
        _cache.Add(book);
        if (_cache.Count > MostCached)
        {
            _cache.RemoveAt(0);
        }
    }

    private object Answer(object question, RunBook book, RunPaceMeter? pace) => question switch
    {
        ListBatches list => Batches(list, book, pace),
        _ => new RunDescription(WithExpected(book, pace), book.Run!.Spec, pace?.Pace(book, Now)),
    };

    private BatchList Batches(ListBatches list, RunBook book, RunPaceMeter? pace)
    {
        var rooms = _nodes.Rooms(Books());
        // All batches of members wait for the same.
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

    // --------------------------------------------------------------------------------------------------------------- watching

    private void OnWatch(WatchRun watch)
    {
        if (_active.TryGetValue(watch.Id, out var run))
        {
            Watch(run, Sender);
            Sender.Tell(new RunTold(watch.Id));
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
        run.Watchers.Add(watcher);
        Context.Watch(watcher);
    }

    private static void Tell(ActiveRun run, RunEvent happened)
    {
        foreach (var watcher in run.Watchers)
        {
            watcher.Tell(new RunHappened(run.Id, happened));
        }
    }

    private static void Finished(ActiveRun run, RunBook book)
    {
        foreach (var watcher in run.Watchers)
        {
            watcher.Tell(new RunFinished(run.Id, book.State, book.Refusal, book.Error));
        }
    }
}
