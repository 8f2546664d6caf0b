using System.Globalization;
using Cairn.Actors.Runs;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>Starts each gang of a run by the site's own launcher of MPI programs (<c>ranks.launcher = mpi</c>), a process a rank.</summary>
internal sealed class MpiPlaces : ReceiveActor
{
    private readonly Dictionary<(MemberRange Batch, int Epoch), IActorRef> _gangs = [];

    public MpiPlaces(RunContext run, RankProcesses processes)
    {
        Receive<StartGang>(asked =>
        {
            var (batch, epoch) = (asked.Start.Batch, asked.Start.Epoch);
            try
            {
                var count = run.Spec.Ranks.Count.ToString(CultureInfo.InvariantCulture);
                var words = processes.Program.Under(run.Spec.Ranks.Command, count, Mpiexec.Find);
                var name = string.Create(CultureInfo.InvariantCulture, $"{batch.FolderName}-{epoch}");
                _gangs[(batch, epoch)] = Context.Watch(Context.ActorOf(MpiGang.Props(run, processes, words, asked, Sender), name));
            }
            catch (SpecException e)
            {
                Sender.Tell(new GangLost(batch, epoch, RankFailures.Of(e)));
            }
        });
        Receive<EndGang>(end =>
        {
            if (_gangs.TryGetValue((end.Batch, end.Epoch), out var gang))
            {
                gang.Forward(end);
            }
            else
            {
                Sender.Tell(new GangGone(end.Batch, end.Epoch, null));
            }
        });
        Receive<Terminated>(terminated =>
        {
            foreach (var (key, _) in _gangs.Where(g => g.Value.Equals(terminated.ActorRef)).ToList())
            {
                _gangs.Remove(key);
            }
        });
    }

    /// <param name="run">The run.</param>
    /// <param name="processes">How this node starts processes.</param>
    public static Props Props(RunContext run, RankProcesses processes) => Akka.Actor.Props.Create(() => new MpiPlaces(run, processes));

    /// <summary>A gang's actor that failed has lost its processes, and its supervisor receives that from it as it stops.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);
}

/// <summary>
/// Tells an MPI's launcher which hosts a gang's ranks go to, where they are of several nodes: a file for Hydra (MPICH, Intel MPI, MVAPICH),
/// which takes its name from the environment.
/// </summary>
internal sealed class HostFile : IDisposable
{
    private readonly string _path;

    private HostFile(IReadOnlyList<HostSlots> hosts)
    {
        _path = Path.GetTempFileName();
        File.WriteAllLines(_path, Lines(hosts));
    }

    /// <summary>The file; null where all ranks are on one node.</summary>
    public static HostFile? Of(IReadOnlyList<HostSlots> hosts) => hosts.Count == 0 ? null : new HostFile(hosts);

    /// <summary>One line a host: its name and how many ranks go there.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<HostSlots> hosts) =>
        hosts.Select(host => string.Create(CultureInfo.InvariantCulture, $"{host.Host}:{host.Slots}"));

    /// <summary>Adds what the launcher reads.</summary>
    public void AddTo(Dictionary<string, string> environment) => environment["HYDRA_HOST_FILE"] = _path;

    public void Dispose() => File.Delete(_path);
}

/// <summary>
/// Environment variables of ranks over MPI, so that one command works on a laptop, in a container and in a job. Variables that are
/// already set are kept.
/// </summary>
internal static class MpiEnvironment
{
    /// <summary>The variables to add.</summary>
    /// <param name="environment">Reads a variable of this process.</param>
    public static IReadOnlyDictionary<string, string> Of(Func<string, string?> environment)
    {
        Dictionary<string, string> wanted = new(StringComparer.Ordinal)
        {
            // Gangs side by side must not be pinned to the same cores, as Intel's MPI and MVAPICH do by themselves.
            ["I_MPI_PIN"] = "0",
            ["MV2_ENABLE_AFFINITY"] = "0",
            // UCX, under MPICH, takes the signals that .NET makes exceptions of.
            ["UCX_ERROR_SIGNALS"] = "",
            // UCX and libfabric watch memory by rewriting the code of munmap and its like, and crash a thread of .NET's that is inside of
            // it at that moment: about one process in fifty, as it starts. Without, they keep no cache of registered memory, which
            // transfers of a halo's size do not use.
            ["UCX_MEM_EVENTS"] = "no",
            ["FI_MR_CACHE_MONITOR"] = "disabled",
        };
        return wanted.Where(v => environment(v.Key) is null).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
    }
}
