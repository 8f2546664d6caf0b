using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>Launches gangs in this process (<c>ranks.launcher = in-process</c>).</summary>
/// <param name="run">The run.</param>
internal sealed class ThreadLauncher(RunParts run) : IGangLauncher
{
    /// <summary>How long a rank that is told to end may go on, before it is left behind, fenced.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public IGang Launch(GangStart start, Action<RankReport> report) => ThreadGang.Launch(run, start, report, Grace);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
