namespace Cairn.Actors.Seed;

/// <summary>How long calls took: a histogram with bounds that grow by a factor of about two and a half. Immutable.</summary>
/// <param name="Buckets">Calls by the first bound that they stayed within; one more than there are bounds, for those beyond.</param>
/// <param name="Total">The time of all together.</param>
/// <param name="Failed">Those that failed.</param>
public sealed record CallFigures(IReadOnlyList<long> Buckets, TimeSpan Total, long Failed)
{
    /// <summary>Upper bounds of the buckets, in seconds.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>No call yet.</summary>
    public static CallFigures None { get; } = new(new long[Bounds.Count + 1], TimeSpan.Zero, 0);

    /// <summary>Calls, failed ones included.</summary>
    public long Count => Buckets.Sum();

    /// <summary>The same with one more call.</summary>
    public CallFigures With(TimeSpan took, bool failed)
    {
        var buckets = Buckets.ToArray();
        buckets[Bounds.TakeWhile(bound => took.TotalSeconds > bound).Count()]++;
        return new CallFigures(buckets, Total + took, Failed + (failed ? 1 : 0));
    }
}
