namespace Cairn.Actors.Members;

/// <summary>Runs what waits for a disk on a thread of its own: the dispatcher's threads are for messages.</summary>
internal static class DiskWork
{
    public static Task<T> Run<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
