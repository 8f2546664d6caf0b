using Cairn.Actors.Members;

namespace Cairn.Actors.Remote;

/// <summary>A gang in a device's child process.</summary>
internal sealed class ChildGang : IGang
{
    /// <summary>The child itself gives its ranks ten seconds, and answers then.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);
    private readonly DeviceChild _child;
    private readonly Action<RankReport> _report;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<bool> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="child">The child process.</param>
    /// <param name="number">What to call the gang there.</param>
    /// <param name="progress">Where its ranks stand.</param>
    /// <param name="report">Is told what ranks report.</param>
    /// <param name="time">The clock.</param>
    public ChildGang(DeviceChild child, int number, GangProgress progress, Action<RankReport> report, TimeProvider time)
    {
        (_child, Number, Progress, _report, _time) = (child, number, progress, report, time);
    }

    public int Number { get; }

    public GangProgress Progress { get; }

    public void Tell(int rank, RankOrder order) => _child.Post(new WireMessage.Order(Number, rank, order));

    public async Task StopAsync()
    {
        _child.Post(new WireMessage.Stop(Number));
        await Task.WhenAny(_stopped.Task, _child.Gone, Task.Delay(Grace, _time)).ConfigureAwait(false);
        if (_stopped.Task is { IsCompletedSuccessfully: true, Result: true })
        {
            return;
        }

        await _child.KillAsync(hung: this).ConfigureAwait(false);
    }

    /// <summary>A rank has reported something.</summary>
    public void Hear(RankReport report)
    {
        Progress.Note(report);
        _report(report);
    }

    /// <summary>The child has stopped the gang, as it was told to.</summary>
    public void HearStopped(bool clean) => _stopped.TrySetResult(clean);

    /// <summary>The child process has ended.</summary>
    public void Lose(GangFailure failure)
    {
        if (!Progress.HasEnded)
        {
            _report(new RankReport.Failed(0, failure with { Boundary = failure.IsBystander ? null : Progress.Next }, Progress.Steps));
        }
    }

    public void Dispose()
    {
        // A gang that has ended by itself is forgotten there too.
        _child.Post(new WireMessage.Stop(Number));
        _child.Remove(this);
    }
}
