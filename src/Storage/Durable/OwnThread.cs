namespace Cairn.Storage.Durable;

/// <summary>Does what waits for a disk on a thread of its own: the pool's threads, and those of dispatchers, belong to others.</summary>
public static class OwnThread
{
    /// <summary>Begins it. A thread that cannot be had is the task's failure, by its own name.</summary>
    public static Task<T> Run<T>(Func<T> work)
    {
        try
        {
            return Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (TaskSchedulerException e)
        {
            // The scheduler's own words are that an exception was thrown by it.
            return Task.FromException<T>(new TransientException(
                $"no thread could be started ({e.InnerException?.Message ?? e.Message}): this process has as many files open (ulimit -n), "
                + "or its user as many threads (ulimit -u), as there may be. Raise the limit, or have it do less at a time (node.slots).",
                e));
        }
    }
}
