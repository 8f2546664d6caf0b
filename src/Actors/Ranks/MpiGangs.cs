using System.Globalization;
using Cairn.Actors.Members;
using Cairn.Actors.Runs;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>Starts each gang of a run with the site's MPI launcher (<c>ranks.launcher = mpi</c>), one process per rank.</summary>
internal sealed class MpiGangs : ReceiveActor
{
    private readonly Dictionary<(MemberRange Batch, int Epoch), IActorRef> _gangs = [];

    public MpiGangs(RunContext run, RankProcesses processes)
    {
        Receive<StartGang>(start =>
        {
            var (batch, epoch) = (start.Start.Batch, start.Start.Epoch);
            try
            {
                var count = run.Spec.Ranks.Count.ToString(CultureInfo.InvariantCulture);
                var words = processes.Program.Under(run.Spec.Ranks.Command, count, Mpiexec.Find);
                var name = string.Create(CultureInfo.InvariantCulture, $"{batch.FolderName}-{epoch}");
                _gangs[(batch, epoch)] = Context.Watch(Context.ActorOf(MpiGang.Props(run, processes, words, start, Sender), name));
            }
            catch (SpecException e)
            {
                Sender.Tell(new GangLost(batch, epoch, GangFailure.Of(e)));
            }
        });
        Receive<EndGang>(end =>
        {
            if (_gangs.TryGetValue((end.Batch, end.Epoch), out var gang))
                gang.Forward(end);
            else
                Sender.Tell(new GangEnded(end.Batch, end.Epoch, null));
        });
        Receive<Terminated>(terminated =>
        {
            foreach (var (key, _) in _gangs.Where(g => g.Value.Equals(terminated.ActorRef)).ToList())
                _gangs.Remove(key);
        });
    }

    public static Props Props(RunContext run, RankProcesses processes) => Akka.Actor.Props.Create(() => new MpiGangs(run, processes));

    /// <summary>A gang's actor that fails reports its gang as lost when it stops.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);
}

/// <summary>
/// The hosts of a gang that spans nodes, as a file for the Hydra launcher (MPICH, Intel MPI, MVAPICH), which finds its name in the
/// environment.
/// </summary>
internal sealed class HostFile : IDisposable
{
    private readonly string _path;

    private HostFile(IReadOnlyList<HostSlots> hosts)
    {
        _path = Path.GetTempFileName();
        File.WriteAllLines(_path, Lines(hosts));
    }

    /// <summary>The file; null if all ranks are on one node.</summary>
    public static HostFile? Of(IReadOnlyList<HostSlots> hosts) => hosts.Count == 0 ? null : new HostFile(hosts);

    /// <summary>One line per host: its name and its number of ranks.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<HostSlots> hosts) =>
        hosts.Select(host => string.Create(CultureInfo.InvariantCulture, $"{host.Host}:{host.Slots}"));

    public void AddTo(Dictionary<string, string> environment) => environment["HYDRA_HOST_FILE"] = _path;

    public void Dispose() => File.Delete(_path);
}

/// <summary>
/// Environment variables of ranks over MPI, so that one command works on a laptop, in a container and in a job. Existing ones are kept.
/// </summary>
internal static class MpiEnvironment
{
    public static IReadOnlyDictionary<string, string> Of(Func<string, string?> environment)
    {
        Dictionary<string, string> wanted = new(StringComparer.Ordinal)
        {
            // Intel MPI and MVAPICH would pin concurrent gangs to the same cores.
            ["I_MPI_PIN"] = "0",
            ["MV2_ENABLE_AFFINITY"] = "0",
            // UCX, under MPICH, handles signals that .NET turns into exceptions.
            ["UCX_ERROR_SIGNALS"] = "",
            // UCX and libfabric watch memory by patching munmap and similar functions, which crashes a .NET thread that is inside one of
            // them: about one process in fifty, at its start. Without it they have no cache of registered memory, which halo exchanges
            // are too small to use.
            ["UCX_MEM_EVENTS"] = "no",
            ["FI_MR_CACHE_MONITOR"] = "disabled",
        };
        return wanted.Where(v => environment(v.Key) is null).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
    }
}
