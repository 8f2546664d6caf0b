using System.Collections.Concurrent;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>
/// The one rank that a process of <c>mpiexec</c> or <c>srun</c> is. The thread that made it initialised MPI and makes every call of it.
/// </summary>
internal sealed class MpiRank : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly MpiCommunicator _ranks;

    private MpiRank(MpiCommunicator ranks) => _ranks = ranks;

    /// <summary>Its place in MPI's world.</summary>
    public MpiPlace Place => new(_ranks.Rank, _ranks.Size, MpiLibrary.Version.Split('\n')[0]);

    /// <summary>Initialises MPI on the calling thread. Collective.</summary>
    /// <exception cref="CairnException">MPI cannot be had.</exception>
    public static MpiRank Open() => new(MpiCommunicator.Open());

    /// <summary>What its worker is made with.</summary>
    public RankSetup Setup(RunContext run, RankGang gang) => new(run, gang, _ranks, (_, body) => _work.Add(body))
    {
        Complete = MpiCommunicator.Complete,
    };

    /// <summary>Does what the rank does, on the thread that called <see cref="Open"/>, to the end of the process.</summary>
    public void Run()
    {
        foreach (var body in _work.GetConsumingEnumerable())
        {
            body();
        }
    }

    public void Dispose() => _work.Dispose();
}
