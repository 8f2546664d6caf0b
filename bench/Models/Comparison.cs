namespace Cairn.Bench.Models;

/// <summary>Times several ways of the same work in turn, and prints them against the first.</summary>
internal static class Comparison
{
    /// <param name="title">What is done.</param>
    /// <param name="rounds">How often each way is timed; one round more goes before, to warm up.</param>
    /// <param name="ways">Names, and what gives milliseconds a step.</param>
    public static void Print(string title, int rounds, IReadOnlyList<(string Name, Func<double> Time)> ways)
    {
        var times = ways.Select(_ => new List<double>()).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < ways.Count; i++)
            {
                var time = ways[i].Time();
                if (round >= 0)
                    times[i].Add(time);
            }
        }

        Console.WriteLine(title);
        Console.WriteLine($"{"",-28}{"ms/step",10}{"min",10}{"max",10}{"ratio",10}");
        for (var i = 0; i < ways.Count; i++)
        {
            // Pair by pair, so that a machine whose speed drifts compares like with like.
            var ratio = Median([.. times[i].Zip(times[0], (a, b) => a / b)]);
            var (median, least, most) = (Median(times[i]), times[i].Min(), times[i].Max());
            Console.WriteLine($"{ways[i].Name,-28}{median,10:0.0000}{least,10:0.0000}{most,10:0.0000}{ratio,10:0.00}");
        }
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
