using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Remote;

/// <summary>
/// Launches gangs in one child process a run (<c>ranks.launcher = process</c>), which loads the model once for all of them and is started
/// with the first.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="program">What becomes the child.</param>
internal sealed class ProcessLauncher(RunParts run, RankProgram program) : IGangLauncher
{
    private readonly object _gate = new();
    private readonly List<DeviceChild> _children = [];
    private int _gangs;

    public IGang Launch(GangStart start, Action<RankReport> report)
    {
        lock (_gate)
        {
            if (_children.Count > 0 && TryLaunch(_children[^1], start, report) is { } gang)
            {
                return gang;
            }

            _children.Add(new DeviceChild(run, program, _children.Count + 1));
            return TryLaunch(_children[^1], start, report)
                ?? throw new TransientException("The child process that was to step the batches ended before it was given one.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<DeviceChild> children;
        lock (_gate)
        {
            children = [.. _children];
        }

        await Task.WhenAll(children.Select(child => child.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private ChildGang? TryLaunch(DeviceChild child, GangStart start, Action<RankReport> report)
    {
        var progress = new GangProgress(run.Spec.Ranks.Count, start.Boundary);
        var gang = new ChildGang(child, ++_gangs, progress, report, run.Options.Time);
        return child.TryAdd(gang, start) ? gang : null;
    }
}
