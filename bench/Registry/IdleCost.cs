using System.Diagnostics;
using Cairn.Cluster.Tests;

namespace Cairn.Bench.Registry;

/// <summary>What real programs with nothing to do cost: a seed and a worker, over a minute.</summary>
internal static class IdleCost
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60), Watched = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(string scratch)
    {
        var port = FreePort.Find();
        using var seed = Start(scratch, "seed", "--set", "seed.port=0", "--set", $"cluster.port={port}");
        await UntilAsync(seed, "ready");
        using var worker = Start(scratch, "worker", "--seed", $"127.0.0.1:{port}");
        try
        {
            await UntilAsync(worker, "knows this node");
            await Task.Delay(Settling);
            var before = (Processor(seed), Processor(worker));
            var clock = Stopwatch.StartNew();
            await Task.Delay(Watched);
            Tell("seed", seed, Processor(seed) - before.Item1, clock.Elapsed);
            Tell("worker", worker, Processor(worker) - before.Item2, clock.Elapsed);
        }
        finally
        {
            worker.Kill();
            seed.Kill();
        }
    }

    private static void Tell(string what, Process process, TimeSpan processor, TimeSpan took)
    {
        var status = File.ReadLines($"/proc/{process.Id}/status");
        var resident = status.First(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(':')[1];
        var torch = File.ReadAllText($"/proc/{process.Id}/maps").Contains("libtorch_cpu", StringComparison.Ordinal);
        Console.WriteLine($"an idle {what}: {100 * processor / took:0.00} % of a core, {resident.Trim()} resident, "
            + $"libtorch is {(torch ? "" : "not ")}loaded");
    }

    private static TimeSpan Processor(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static Process Start(string scratch, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "cairn.dll"), .. arguments])
        {
            RedirectStandardOutput = true, WorkingDirectory = scratch,
        };
        start.Environment["CAIRN_STATE"] = Path.Combine(scratch, "state");
        return Process.Start(start)!;
    }

    private static async Task UntilAsync(Process process, string line)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is not { } said || !said.Contains(line, StringComparison.Ordinal))
        {
        }

        // What comes later is of no interest, and must not fill the pipe.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
    }
}
