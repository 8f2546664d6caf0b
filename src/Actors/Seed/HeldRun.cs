using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Seed;

/// <summary>A run that this process holds, with its model loaded.</summary>
internal sealed class HeldRun
{
    private readonly RunHost _host;

    private HeldRun(RunHost host, OpenRun open, IGangLauncher launcher) => (_host, Open, Launcher) = (host, open, launcher);

    public OpenRun Open { get; }

    public IGangLauncher Launcher { get; }

    /// <summary>Reads the initial condition, loads the model, and takes the run.</summary>
    /// <exception cref="CairnException">It cannot be taken.</exception>
    public static HeldRun Take(SubmitRun submitted)
    {
        var host = Create(submitted);
        try
        {
            return Take(host, host.Open());
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static HeldRun Take(RunHost host, OpenRun open)
    {
        try
        {
            return new HeldRun(host, open, GangLaunchers.For(open.Parts));
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    /// <summary>Ends the run and lets it go.</summary>
    public RunResult Finish(IReadOnlyList<BatchEnded> batches)
    {
        using var host = _host;
        using var open = Open;
        // On a thread that may wait: processes that have nothing left to do take a moment to go.
        Launcher.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return open.Finish(
            batches.Sum(b => b.Steps),
            [.. batches.Where(b => b.Error is not null).Select(b => (b.Batch, b.Error!))],
            batches.Any(b => !b.Completed && b.Error is null));
    }

    /// <summary>Nothing has begun yet: an input that cannot be used is the spec's to mend, like any other mistake in it.</summary>
    private static RunHost Create(SubmitRun submitted)
    {
        try
        {
            return RunHost.Create(submitted.Spec, submitted.Options, submitted.Observer);
        }
        catch (DataException e)
        {
            throw new SpecException(e.Message, e);
        }
    }
}
