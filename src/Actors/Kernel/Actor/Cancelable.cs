using Cairn.ActorKernel.Timing;

namespace Cairn.ActorKernel.Actor;

/// <summary>A cancellation by hand or, on the scheduler's clock, after a while.</summary>
public sealed class Cancelable : ICancelable, IDisposable
{
    private readonly CancellationTokenSource _source;

    public Cancelable(IScheduler scheduler) => _source = new(Timeout.InfiniteTimeSpan, ((ActorScheduler)scheduler).Clock);

    public Cancelable(IScheduler scheduler, TimeSpan delay) => _source = new(delay, ((ActorScheduler)scheduler).Clock);

    public bool IsCancellationRequested => _source.IsCancellationRequested;

    public CancellationToken Token => _source.Token;

    public void Cancel() => _source.Cancel();

    public void CancelAfter(TimeSpan delay) => _source.CancelAfter(delay);

    public void Dispose() => _source.Dispose();
}
