using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Cairn.Storage.Durable;

/// <summary>Calls that wait for a disk, side by side: a file system's journal takes in what is asked of it at one time all at once, while
/// one fsync after the other pays for a commit of the journal each.</summary>
internal static class SideBySide
{
    // With four at a time ten fsyncs take an eighth of the time that they take one after the other; eight gain little more.
    private const int Threads = 4;

    // Threads of their own: those of the pool belong to actors, which must not wait for a disk. They are kept, for starting one costs as
    // much as an fsync.
    private static readonly Lazy<BlockingCollection<Action>> Waiting = new(Start);

    /// <summary>Makes all calls, in any order; once all have ended, throws the first failure.</summary>
    public static void Run(IReadOnlyList<Action> calls)
    {
        if (calls.Count == 0)
            return;

        // Not disposed of: the thread that signals last may still use it when this one continues, and it holds no resources.
        var left = new CountdownEvent(calls.Count);
        var (next, failures) = (-1, new ExceptionDispatchInfo?[calls.Count]);
        void Work()
        {
            for (var i = Interlocked.Increment(ref next); i < calls.Count; i = Interlocked.Increment(ref next))
            {
                try
                {
                    calls[i]();
                }
                catch (Exception e)
                {
                    // It belongs to the caller, on any thread.
                    failures[i] = ExceptionDispatchInfo.Capture(e);
                }
                finally
                {
                    left.Signal();
                }
            }
        }

        for (var i = 1; i < Math.Min(calls.Count, Threads); i++)
            Waiting.Value.Add(Work);

        // Whatever the others have not begun, this thread does: it depends on none of them.
        Work();
        left.Wait();
        failures.FirstOrDefault(f => f is not null)?.Throw();
    }

    private static BlockingCollection<Action> Start()
    {
        var waiting = new BlockingCollection<Action>();
        for (var i = 1; i < Threads; i++)
        {
            var thread = new Thread(() =>
            {
                foreach (var work in waiting.GetConsumingEnumerable())
                    work();
            }) { IsBackground = true, Name = "fsync" };
            thread.Start();
        }

        return waiting;
    }
}

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
