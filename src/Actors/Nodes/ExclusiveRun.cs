using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Nodes;

/// <summary>A run that only this process works on: it holds the run's lock from the opening to the closing.</summary>
internal sealed class ExclusiveRun : INodeRun
{
    private readonly PreparedRun _prepared;
    private readonly LauncherChoice _launcher;
    private readonly Action<RunResult> _ended;
    private readonly Action<Exception> _refused;
    private OpenRun? _open;

    private ExclusiveRun(
        PreparedRun prepared, RunEventRouter observer, LauncherChoice launcher, Action<RunResult> ended, Action<Exception> refused) =>
        (_prepared, Observer, _launcher, _ended, _refused) = (prepared, observer, launcher, ended, refused);

    public RunEventRouter Observer { get; }

    /// <summary>Reads the initial condition and, if the ranks are in this process, loads the model.</summary>
    public static ExclusiveRun Load(
        RunSpec spec, RunOptions options, IRunObserver observer, LauncherChoice launcher, Action<RunResult> ended,
        Action<Exception> refused)
    {
        var shared = new RunEventRouter(new NullObserver());
        try
        {
            var here = options with { StepsElsewhere = launcher.StartsProcesses(spec) };
            return new ExclusiveRun(PreparedRun.Create(spec, here, new RunObservers(observer, shared)), shared, launcher, ended, refused);
        }
        catch (Exception e)
        {
            // Before the start, unusable input counts as a mistake in the spec.
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

    public (RunContext Run, Props Launcher) Attach() => (_open!.Parts, _launcher.Of(_open.Parts));

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
