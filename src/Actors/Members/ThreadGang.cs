using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>A gang whose ranks are threads of this process and exchange halos through its memory.</summary>
internal sealed class ThreadGang : IGang
{
    private readonly RunParts _run;
    private readonly GangStart _start;
    private readonly Action<RankReport> _report;
    private readonly TimeSpan _grace;
    private readonly InProcessGang? _memory;
    private readonly List<ICommunicator> _communicators;
    private readonly List<RankLink> _links;
    private readonly List<Task> _ended;
    private readonly CancellationTokenSource _over = new();

    private ThreadGang(RunParts run, GangStart start, Action<RankReport> report, TimeSpan grace)
    {
        (_run, _start, _report, _grace) = (run, start, report, grace);
        var size = run.Spec.Ranks.Count;
        _memory = size == 1 ? null : InProcessGang.Create(size);
        _communicators = _memory is null ? [new SoloCommunicator()] : [.. _memory.Ranks];
        _links = [.. Enumerable.Range(0, size).Select(rank => new RankLink(run.Schedule, start, rank, size, report, _over.Token))];
        _ended = [.. Enumerable.Range(0, size).Select(Begin)];
    }

    /// <summary>Starts the threads.</summary>
    /// <param name="run">The run.</param>
    /// <param name="start">What the gang is started with.</param>
    /// <param name="report">Is told what ranks report.</param>
    /// <param name="grace">How long a rank that is told to end may go on, before it counts as hung and is left behind.</param>
    public static ThreadGang Launch(RunParts run, GangStart start, Action<RankReport> report, TimeSpan grace) =>
        new(run, start, report, grace);

    /// <summary>Whether no rank is at anything any more.</summary>
    public bool HasEnded => _ended.TrueForAll(rank => rank.IsCompleted);

    public void Tell(int rank, RankOrder order) => _links[rank].Take(order);

    public async Task StopAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        _memory?.Abort(new OperationCanceledException("The gang was stopped."));
        await Task.WhenAny(Task.WhenAll(_ended), Task.Delay(_grace, _run.Options.Time)).ConfigureAwait(false);
    }

    public void Dispose() => _over.Dispose();

    /// <summary>A thread of its own: a step takes as long as it takes, and the pool's threads belong to others.</summary>
    private Task Begin(int rank)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            Run(rank);
            ended.SetResult();
        })
        {
            IsBackground = true,
            Name = $"{_start.Batch}, rank {rank}",
        };
        thread.Start();
        return ended.Task;
    }

    private void Run(int rank)
    {
        RankRun? run = null;
        try
        {
            run = new RankRun(_run, _start, _communicators[rank], _links[rank], _over.Token);
            var completed = run.Run();
            _report(new RankReport.Ended(rank, completed, _links[rank].Boundary, run.Steps));
        }
        catch (Exception e)
        {
            // Whatever it is, it is this gang's failure and nobody else's; supervision decides what becomes of it.
            if (!RankFailures.IsConsequence(e))
            {
                _memory?.Abort(e);
                _report(new RankReport.Failed(rank, RankFailures.Of(e, rank, _start, _run.Schedule), run?.Steps ?? 0));
            }
        }
        finally
        {
            _communicators[rank].Dispose();
        }
    }
}
