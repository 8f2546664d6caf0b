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
                $"no thread could be started ({e.InnerException?.Message ?? e.Message}): this process has reached its limit of open "
                + "files (ulimit -n), or its user the limit of threads (ulimit -u). Raise the limit, or reduce node.slots.",
                e));
        }
    }
}
