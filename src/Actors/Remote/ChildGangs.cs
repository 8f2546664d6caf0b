using System.Threading.Channels;
using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Remote;

/// <summary>The gangs in a device's child process, from the inside: their ranks are threads that share one loaded model.</summary>
internal sealed class ChildGangs(LineToNode line, WireMessage.Setup setup, IRunObserver observer)
{
    private readonly Dictionary<int, ThreadGang> _gangs = [];

    /// <summary>Loads the run and does what comes, to the end of the process.</summary>
    public void Run(ChannelReader<WireMessage> work)
    {
        RunParts? run = null;
        Exception? unfit = null;
        try
        {
            run = RunSetup.Load(setup, observer);
        }
        catch (CairnException e)
        {
            // Each gang that was to be is told.
            unfit = e;
        }

        foreach (var message in work.ReadAllAsync().ToBlockingEnumerable())
        {
            Take(message, run, unfit);
        }
    }

    private void Take(WireMessage message, RunParts? run, Exception? unfit)
    {
        switch (message)
        {
            case WireMessage.Start start when run is null:
                line.Report(start.Gang, new RankReport.Failed(0, RankFailures.Of(unfit!), 0));
                break;
            case WireMessage.Start start:
                var number = start.Gang;
                _gangs[number] = ThreadGang.Launch(run, start.With, report => line.Report(number, report), ThreadLauncher.Grace);
                break;
            case WireMessage.Order order when _gangs.TryGetValue(order.Gang, out var gang):
                gang.Tell(order.Rank, order.Told);
                break;
            case WireMessage.Stop stop when _gangs.Remove(stop.Gang, out var gang):
                _ = StopAsync(stop.Gang, gang);
                break;
            case WireMessage.Stop stop:
                line.Tell(new WireMessage.Stopped(stop.Gang, Clean: true));
                break;
        }
    }

    private async Task StopAsync(int number, ThreadGang gang)
    {
        await gang.StopAsync().ConfigureAwait(false);
        var clean = gang.HasEnded;
        if (clean)
        {
            gang.Dispose();
        }

        line.Tell(new WireMessage.Stopped(number, clean));
    }
}
