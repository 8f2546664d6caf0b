using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.Configuration;
using Cairn.Actors.Cluster;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Ranks;

/// <summary>
/// A process of ranks from its first moment to its end (<c>cairn rank</c>): an actor system that its node alone reaches, and that does not
/// outlive its connection to it.
/// </summary>
public static class RankProcess
{
    /// <summary>Exit code of a process that its node told to leave, or that has lost its node.</summary>
    internal const int ToldToLeave = 75;

    /// <summary>What the actor system of every such process is called.</summary>
    internal const string SystemName = "ranks";

    private static readonly Config Quiet = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
        }
        """).WithFallback(SystemLog.Settings);

    /// <summary>What people and batch systems send: SIGINT, SIGTERM, SIGUSR1, SIGUSR2 and SIGXCPU.</summary>
    private static readonly PosixSignal[] IgnoredSignals =
        [PosixSignal.SIGINT, PosixSignal.SIGTERM, .. WarningSignals.All.Numbers()];

    /// <summary>Becomes such a process, on the main thread; does not return.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="observer">Is told of what is odd, from several threads.</param>
    /// <exception cref="SpecException">No node started this process.</exception>
    public static void Run(Func<string, string?> environment, IRunObserver observer)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var place = RankEnvironment.Read(environment);
        RankProcessExit.FollowParent(place.Parent);
        // Signals of a terminal or of a batch system reach the node too, and it decides: it may want another commit of its ranks first.
        var ignored = IgnoredSignals.Select(s => PosixSignalRegistration.Create(s, static signal => signal.Cancel = true)).ToList();
        var remote = new RemoteSettings(place.Certificate) { Host = AddressTowards(place.Node.Address) };
        var system = ActorSystem.Create(SystemName, remote.For(Quiet).And(SystemLog.To(observer)));
        var link = system.ActorOf(NodeLink.Props(place, observer, RankProcessExit.Now), "link");
        if (place.Parent is null)
        {
            BecomeRank(link);
        }
        else
        {
            link.Tell(new NodeLink.Ready(null), ActorRefs.NoSender);
        }

        system.WhenTerminated.GetAwaiter().GetResult();
        GC.KeepAlive(ignored);
        RankProcessExit.Now(ToldToLeave);
    }

    /// <summary>This thread initialises MPI, and makes every call of it from then on.</summary>
    private static void BecomeRank(IActorRef link)
    {
        try
        {
            using var mpi = MpiRank.Open();
            link.Tell(new NodeLink.Ready(mpi), ActorRefs.NoSender);
            mpi.Run();
        }
        catch (CairnException e)
        {
            link.Tell(new NodeLink.Unfit(RankFailures.Of(e)), ActorRefs.NoSender);
        }
    }

    /// <summary>The address of this host that the node reaches back to.</summary>
    private static string AddressTowards(Address node)
    {
        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // Sends nothing: the kernel only chooses the way.
            socket.Connect(node.Host, node.Port!.Value);
            var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        }
        catch (SocketException e)
        {
            throw new TransientException(
                $"{Environment.MachineName} cannot reach its node at {node}: {e.Message}. If the node listens only on an address of its "
                + $"own host, set {RankEnvironment.AddressVariable} there to an address that all hosts of the job can reach.", e);
        }
    }
}
