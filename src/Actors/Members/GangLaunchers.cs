using Cairn.Actors.Remote;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Members;

/// <summary>Chooses who launches the gangs of a run.</summary>
internal static class GangLaunchers
{
    /// <exception cref="SpecException">What the run asks for cannot be had in this process.</exception>
    public static IGangLauncher For(RunParts run) => run.Spec.Ranks.Launcher switch
    {
        RankLauncher.Process => new ProcessLauncher(run, RankProgram.OfThisProcess()),
        RankLauncher.Mpi => new MpiLauncher(
            run, RankProgram.OfThisProcess(), RankEnvironment.ListenOn(Environment.GetEnvironmentVariable)),
        _ => new ThreadLauncher(run),
    };
}
