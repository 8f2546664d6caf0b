using System.Diagnostics;

namespace Cairn.Bench.Storage;

/// <summary>Times of several ways to do a thing, taken in turn, round by round.</summary>
internal sealed class Measured(string title, params string[] ways)
{
    private readonly List<double>[] _times = [.. ways.Select(_ => new List<double>())];
    private readonly List<double>[] _processor = [.. ways.Select(_ => new List<double>())];

    /// <summary>Runs all ways once for warmth, then <paramref name="rounds"/> times; each answers with its milliseconds.</summary>
    public Measured Rounds(int rounds, params Func<double>[] run)
    {
        for (var round = -1; round < rounds; round++)
        {
            for (var way = 0; way < run.Length; way++)
            {
                var before = Environment.CpuUsage.TotalTime;
                var time = run[way]();
                if (round >= 0)
                {
                    _times[way].Add(time);
                    _processor[way].Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
                }
            }
        }

        return this;
    }

    /// <summary>
    /// Prints medians, the median of each way's ratio to the first, taken within the rounds, and of the processor time of this process,
    /// what goes on beside the measured call included: other programs that keep the machine busy touch that least.
    /// </summary>
    public void Print()
    {
        Console.WriteLine($"\n{title,-58}{"ms",10}{"min",10}{"max",10}{"ratio",8}{"cpu ms",10}");
        for (var way = 0; way < ways.Length; way++)
        {
            var ratios = _times[way].Zip(_times[0], (a, b) => a / b).ToList();
            var (median, least, most) = (Median(_times[way]), _times[way].Min(), _times[way].Max());
            var (ratio, processor) = (Median(ratios), Median(_processor[way]));
            Console.WriteLine($"  {ways[way],-56}{median,10:0.00}{least,10:0.00}{most,10:0.00}{ratio,8:0.00}{processor,10:0.00}");
        }
    }

    public static double Milliseconds(Action act)
    {
        var clock = Stopwatch.StartNew();
        act();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
