using Akka.Actor;

namespace Cairn.Bench.Registry;

/// <summary>Ends a task when so many batches are done.</summary>
internal sealed class Counted : ReceiveActor
{
    private int _left;

    public Counted(int count, TaskCompletionSource done)
    {
        _left = count;
        Receive<BatchesDone>(told =>
        {
            _left -= told.Acknowledged;
            if (_left == 0)
                done.TrySetResult();
        });
    }
}

/// <summary>Medians, for lines of a report.</summary>
internal static class Medians
{
    public static string Of(IReadOnlyList<double> values, string format = "0") => FormattableString.Invariant(
        $"{Median(values).ToString(format)} ({values.Min().ToString(format)} to {values.Max().ToString(format)})");

    public static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
