namespace Cairn.Engine.Tests.Ranks;

/// <summary>Runs the ranks of a gang on a thread each, as whoever supervises one does: the first failure aborts the others.</summary>
internal static class Gang
{
    /// <summary>What each rank gave, in order of ranks.</summary>
    public static T[] Run<T>(int size, Func<ICommunicator, T> rank)
    {
        var results = new T[size];
        var (_, failures) = Try(size, ranks =>
        {
            results[ranks.Rank] = rank(ranks);
        });
        return failures.Length == 0 ? results : throw new AggregateException(failures);
    }

    /// <summary>What each rank failed with, the first cause first; every rank has ended.</summary>
    public static (InProcessGang Gang, Exception[] Failures) Try(int size, Action<ICommunicator> rank)
    {
        var gang = InProcessGang.Create(size);
        var failures = new List<Exception>();
        var threads = gang.Ranks.Select(ranks => new Thread(() =>
        {
            try
            {
                rank(ranks);
            }
            catch (Exception e)
            {
                lock (failures)
                {
                    failures.Add(e);
                }
                gang.Abort(e);
                return;
            }
        }) { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromMinutes(2)), "a rank hangs"));
        return (gang, [.. failures]);
    }
}
