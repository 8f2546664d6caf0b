using System.Threading.Channels;
using Cairn.Actors.Members;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Remote;

/// <summary>One rank of a gang over MPI, from the inside. The calling thread initialises MPI and makes every call of it.</summary>
internal sealed class MpiRank(
    LineToNode line, WireMessage.Setup setup, IRunObserver observer, ChannelReader<WireMessage> work)
{
    /// <summary>Becomes the rank and runs it to its end. Then the process waits for the node to let it go.</summary>
    public void Run()
    {
        if (Join() is { } ranks)
        {
            Run(ranks, Start());
        }
    }

    private MpiCommunicator? Join()
    {
        try
        {
            var ranks = MpiCommunicator.Open();
            line.Tell(new WireMessage.Joined(ranks.Rank, ranks.Size, MpiLibrary.Version.Split('\n')[0]));
            return ranks;
        }
        catch (CairnException e)
        {
            line.Tell(new WireMessage.Unfit(RankFailures.Of(e)));
            return null;
        }
    }

    /// <summary>Waits for what the gang is started with.</summary>
    private GangStart Start()
    {
        while (true)
        {
            if (work.ReadAsync().AsTask().GetAwaiter().GetResult() is WireMessage.Start start)
            {
                return start.With;
            }
        }
    }

    private void Run(MpiCommunicator ranks, GangStart start)
    {
        RankRun? rank = null;
        RunParts? run = null;
        try
        {
            run = RunSetup.Load(setup, observer);
            var link = new RankLink(run.Schedule, start, ranks.Rank, ranks.Size, report => line.Report(0, report), CancellationToken.None);
            new Thread(() => Listen(link)) { IsBackground = true, Name = "orders" }.Start();
            rank = new RankRun(run, start, ranks, link);
            var completed = rank.Run();
            // Before that is told: the node lets go of a gang whose ranks have all ended, whatever they may still be doing.
            MpiCommunicator.Complete();
            line.Report(0, new RankReport.Ended(ranks.Rank, completed, link.Boundary, rank.Steps));
        }
        catch (Exception e)
        {
            // The other ranks wait for this one inside of MPI: it is the node that ends them.
            var failure = run is null ? RankFailures.Of(e) with { Rank = ranks.Rank } : RankFailures.Of(e, ranks.Rank, start, run.Schedule);
            line.Report(0, new RankReport.Failed(ranks.Rank, failure, rank?.Steps ?? 0));
        }
    }

    private void Listen(RankLink link)
    {
        foreach (var order in work.ReadAllAsync().ToBlockingEnumerable().OfType<WireMessage.Order>())
        {
            link.Take(order.Told);
        }
    }
}
