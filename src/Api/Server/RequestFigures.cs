using System.Collections.Concurrent;

namespace Cairn.Api.Server;

/// <summary>Counts requests by method, route and status. Routes are the server's own, so that nobody can make up new ones.</summary>
internal sealed class RequestFigures
{
    private readonly ConcurrentDictionary<(string Method, string Route, int Status), long> _counts = new();
    private int _streams;

    public IEnumerable<((string Method, string Route, int Status) Of, long Count)> Counts =>
        _counts.ToArray().Select(c => (c.Key, c.Value)).OrderBy(c => c.Key);

    /// <summary>Event streams that are open.</summary>
    public int Streams => Volatile.Read(ref _streams);

    public void Count(string method, string route, int status) => _counts.AddOrUpdate((method, route, status), 1, (_, n) => n + 1);

    /// <summary>Opens a stream unless so many are open.</summary>
    public bool TryOpenStream(int most)
    {
        if (Interlocked.Increment(ref _streams) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref _streams);
        return false;
    }

    public void CloseStream() => Interlocked.Decrement(ref _streams);
}
