using System.Net;
using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Remote;

/// <summary>Launches each gang by the site's own launcher of MPI programs (<c>ranks.launcher = mpi</c>), a process a rank.</summary>
/// <param name="run">The run.</param>
/// <param name="program">What becomes a rank.</param>
/// <param name="address">The address of this host that ranks come to.</param>
internal sealed class MpiLauncher(RunParts run, RankProgram program, IPAddress address) : IGangLauncher
{
    private readonly object _gate = new();
    private readonly List<MpiGang> _gangs = [];

    public IGang Launch(GangStart start, Action<RankReport> report)
    {
        var gang = new MpiGang(run, start, report, program, address);
        lock (_gate)
        {
            _gangs.RemoveAll(g => g.Gone.IsCompleted);
            _gangs.Add(gang);
        }

        return gang;
    }

    public async ValueTask DisposeAsync()
    {
        List<MpiGang> gangs;
        lock (_gate)
        {
            gangs = [.. _gangs];
        }

        gangs.ForEach(gang => gang.Dispose());
        await Task.WhenAll(gangs.Select(gang => gang.Gone)).ConfigureAwait(false);
    }
}
