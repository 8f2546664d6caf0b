using Cairn.Actors.Members;

namespace Cairn.Actors.Remote;

/// <summary>What the threads of a process of ranks tell its node. A message is on its way when the call returns.</summary>
internal sealed class LineToNode(WireConnection connection)
{
    private const int NobodyThere = 75;
    private readonly object _gate = new();

    /// <summary>Tells the node something; without a node there is nothing left to do.</summary>
    public void Tell(WireMessage message)
    {
        lock (_gate)
        {
            if (!connection.Send(message))
            {
                OwnEnd.Now(NobodyThere);
            }
        }
    }

    /// <summary>Passes on what a rank reports.</summary>
    public void Report(int gang, RankReport report) => Tell(new WireMessage.Report(gang, report));
}
