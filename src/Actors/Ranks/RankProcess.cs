using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.Configuration;
using Cairn.Actors.Cluster;
using Cairn.Actors.Members;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Ranks;

/// <summary>
/// The main program of a process of ranks (<c>cairn rank</c>): an actor system that only its node can connect to, and that ends with that
/// connection.
/// </summary>
public static class RankProcess
{
    /// <summary>Exit code of a process that its node ordered to exit, or that has lost its node.</summary>
    internal const int OrderedExitCode = 75;

    internal const string SystemName = "ranks";

    private static readonly Config Quiet = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
        }
        """).WithFallback(SystemLog.Settings);

    /// <summary>Sent by people and batch systems: SIGINT, SIGTERM, SIGUSR1, SIGUSR2 and SIGXCPU.</summary>
    private static readonly PosixSignal[] IgnoredSignals =
        [PosixSignal.SIGINT, PosixSignal.SIGTERM, .. WarningSignals.All.Numbers()];

    /// <summary>Runs on the main thread, and does not return.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="observer">Receives warnings, from several threads.</param>
    /// <exception cref="SpecException">No node started this process.</exception>
    public static void Run(Func<string, string?> environment, IRunObserver observer)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var settings = RankEnvironment.Read(environment);
        RankProcessExit.FollowParent(settings.Parent);
        // The node gets the same signals and decides: it may want another commit from its ranks first.
        var ignored = IgnoredSignals.Select(s => PosixSignalRegistration.Create(s, static signal => signal.Cancel = true)).ToList();
        var remote = new RemoteSettings(settings.Certificate) { Host = AddressTowards(settings.Node.Address) };
        var system = ActorSystem.Create(SystemName, remote.For(Quiet).And(SystemLog.To(observer)));
        var link = system.ActorOf(NodeLink.Props(settings, observer, RankProcessExit.Now), "link");
        if (settings.Parent is null)
            RunMpiRank(link);
        else
            link.Tell(new NodeLink.Ready(null), ActorRefs.NoSender);

        system.WhenTerminated.GetAwaiter().GetResult();
        GC.KeepAlive(ignored);
        RankProcessExit.Now(OrderedExitCode);
    }

    /// <summary>This thread initialises MPI and makes every MPI call from then on.</summary>
    private static void RunMpiRank(IActorRef link)
    {
        try
        {
            using var mpi = MpiRank.Open();
            link.Tell(new NodeLink.Ready(mpi), ActorRefs.NoSender);
            mpi.Run();
        }
        catch (CairnException e)
        {
            link.Tell(new NodeLink.InitFailed(GangFailure.Of(e)), ActorRefs.NoSender);
        }
    }

    /// <summary>The address of this host that the node can connect to.</summary>
    private static string AddressTowards(Address node)
    {
        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // Sends nothing: the kernel only chooses the route.
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

/// <summary>Ends processes of ranks, whatever their threads are doing.</summary>
internal static partial class RankProcessExit
{
    private const int SetParentDeathSignal = 1;
    private const int Kill9 = 9;

    /// <summary>
    /// From now on the kernel kills this process when its parent ends. Call it from a thread that lives as long as the process: the setting
    /// is bound to the thread.
    /// </summary>
    /// <param name="parent">The process that started this one; null if it need not be known.</param>
    public static void FollowParent(int? parent)
    {
        _ = ProcessControl(SetParentDeathSignal, Kill9, 0, 0, 0);
        // It may have ended before that call.
        if (parent is { } expected && ParentProcess() != expected)
            Now(1);
    }

    /// <summary>Ends this process without closing, flushing or awaiting anything: files on disk are consistent at any time.</summary>
    public static void Now(int exitCode) => ExitNow(exitCode);

    public static void Kill(int process) => _ = Signal(process, Kill9);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentProcess();

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int exitCode);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}

/// <summary>
/// The rank of a process that <c>mpiexec</c> or <c>srun</c> started. One thread initialises MPI and makes every MPI call.
/// </summary>
internal sealed class MpiRank : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly MpiCommunicator _ranks;

    private MpiRank(MpiCommunicator ranks) => _ranks = ranks;

    public MpiPosition Position => new(_ranks.Rank, _ranks.Size, MpiLibrary.Version.Split('\n')[0]);

    /// <summary>Initialises MPI on the calling thread. Collective.</summary>
    /// <exception cref="CairnException">MPI is not available.</exception>
    public static MpiRank Open() => new(MpiCommunicator.Open());

    public RankSetup Setup(RunContext run, RankGang gang) => new(run, gang, _ranks, (_, body) => _work.Add(body))
    {
        Complete = MpiCommunicator.Complete,
    };

    /// <summary>Runs the rank's work on the thread that called <see cref="Open"/>, to the end of the process.</summary>
    public void Run()
    {
        foreach (var body in _work.GetConsumingEnumerable())
            body();
    }

    public void Dispose() => _work.Dispose();
}
