using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Members;

/// <summary>Chooses who launches the gangs of a run.</summary>
internal static class GangLaunchers
{
    public static IGangLauncher For(RunParts run) => run.Spec.Ranks.Launcher switch
    {
        RankLauncher.InProcess => new ThreadLauncher(run),
        var other => throw new SpecException($"ranks.launcher = {other} is not there yet; use in-process."),
    };
}
