namespace Cairn.Storage.Ledger.Sql;

/// <summary>Wakes whoever waits for a change. One that came while nobody waited is not lost: the next to wait returns at once.</summary>
internal sealed class LedgerPulse(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = New();
    private bool _missed;

    public void Ring()
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            _missed = true;
            waiting = _next;
            _next = New();
        }

        waiting.TrySetResult();
    }

    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancel)
    {
        Task next;
        lock (_lock)
        {
            next = _missed ? Task.CompletedTask : _next.Task;
        }

        await Task.WhenAny(next, Task.Delay(atMost, time, cancel)).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _missed = false;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
