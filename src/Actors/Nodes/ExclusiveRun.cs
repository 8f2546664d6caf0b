using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Nodes;

/// <summary>A run that this process alone carries out: it holds the run's lock from the opening to the closing.</summary>
internal sealed class ExclusiveRun : INodeRun
{
    private readonly PreparedRun _prepared;
    private readonly RankPlaces _ranks;
    private readonly Action<RunResult> _ended;
    private readonly Action<Exception> _refused;
    private OpenRun? _open;

    private ExclusiveRun(
        PreparedRun prepared, SharedObserver observer, RankPlaces ranks, Action<RunResult> ended, Action<Exception> refused) =>
        (_prepared, Observer, _ranks, _ended, _refused) = (prepared, observer, ranks, ended, refused);

    public SharedObserver Observer { get; }

    /// <summary>Reads the initial condition and, where the ranks are in this process, loads the model.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="options">How to carry it out.</param>
    /// <param name="observer">Is told what happens, from several threads.</param>
    /// <param name="ranks">Where its ranks are.</param>
    /// <param name="ended">Is told how it ended.</param>
    /// <param name="refused">Is told why it could not be opened.</param>
    /// <exception cref="CairnException">It cannot be had here.</exception>
    public static ExclusiveRun Load(
        RunSpec spec, RunOptions options, IRunObserver observer, RankPlaces ranks, Action<RunResult> ended,
        Action<Exception> refused)
    {
        var shared = new SharedObserver(new NullObserver());
        try
        {
            var here = options with { StepsElsewhere = ranks.AreElsewhere(spec) };
            return new ExclusiveRun(PreparedRun.Create(spec, here, new RunObservers(observer, shared)), shared, ranks, ended, refused);
        }
        catch (Exception e)
        {
            // Nothing has started yet: an unusable input is a mistake in the spec, like any other.
            var error = e is DataException ? new SpecException(e.Message, e) : e;
            refused(error);
            throw error;
        }
    }

    public IReadOnlyList<BatchOnDisk> Open()
    {
        try
        {
            _open ??= _prepared.Open();
            return OpenedRuns.Found(_open);
        }
        catch (Exception e)
        {
            _refused(e);
            throw;
        }
    }

    public (RunContext Parts, Props Ranks) Attach() => (_open!.Parts, _ranks.Of(_open.Parts));

    public void Close(ClosingGrant grant)
    {
        using var open = _open!;
        _open = null;
        _ended(OpenedRuns.Finish(open, grant));
    }

    public ValueTask DisposeAsync()
    {
        _open?.Dispose();
        _prepared.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class NullObserver : IRunObserver
    {
        public void On(RunEvent runEvent)
        {
        }
    }
}
