using System.Diagnostics;
using System.Globalization;
using Cairn.Bench.Ledger;
using Cairn.Storage.Ledger;
using Cairn.Storage.Tests.Ledger;

// What the ledger does in a second, durable, on PostgreSQL (a server of its own, fsync on) and on SQLite: trivial batches that are claimed,
// allotted an epoch, report a session and end, by four workers of four slots each; and what single calls cost with 10,000 batches waiting.
//
//   dotnet run -c Release --project bench/Ledger [-- FOLDER [ROUNDS [postgres|sqlite]]]
//
// FOLDER lies on the disk that is to be measured (default: the temporary folder).
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var folder = args.Length > 0 ? Path.GetFullPath(args[0]) : Path.GetTempPath();
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
var only = args.Length > 2 ? args[2] : null;
Console.WriteLine($"{rounds} rounds; load {File.ReadAllText("/proc/loadavg").Trim()}, {Environment.ProcessorCount} processors");
Console.WriteLine($"floor: a write of 8 KiB and its fsync take {SyncMilliseconds(folder):0.00} ms here (median of 200)");
if (only is null or "postgres" && PostgresServer.Missing is null)
{
    await using var server = new PostgresServer(isDurable: true, folder);
    await server.CreateAsync();
    await TellAsync("PostgreSQL", LedgerAddress.Parse(server.Address("bench")), rounds);
}

if (only is null or "sqlite")
{
    var scratch = Directory.CreateDirectory(Path.Combine(folder, $".cairn-bench-{Environment.ProcessId}")).FullName;
    await TellAsync("SQLite", LedgerAddress.Parse(Path.Combine(scratch, "ledger.db")), rounds);
    Directory.Delete(scratch, recursive: true);
}

Console.WriteLine($"load at the end {File.ReadAllText("/proc/loadavg").Trim()}");

static async Task TellAsync(string name, LedgerAddress address, int rounds)
{
    await using var measurements = new Measurements(address);
    Console.WriteLine($"\n{name}");
    foreach (var (runs, batches) in new[] { (1, 1_000), (10, 100) })
    {
        var rates = new List<double>();
        var before = Environment.CpuUsage.TotalTime;
        for (var round = -1; round < rounds; round++)
        {
            rates.Add(await measurements.ThroughputAsync(runs, batches));
        }

        rates = [.. rates.Skip(1).Order()];
        var (what, median) = ($"{runs} x {batches} batches", rates[rates.Count / 2]);
        var processor = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / ((rounds + 1) * runs * batches);
        var range = $"from {rates[0]:0} to {rates[^1]:0}";
        Console.WriteLine($"  {what,-28}{median,10:0} a second ({range}); {processor:0.0} ms of this process's processor time each");
    }

    foreach (var (what, least, median) in await measurements.AnswersAsync(10_000, 25))
    {
        Console.WriteLine($"  {what,-28}{median,10:0.00} ms (at best {least:0.00})");
    }

    if (address.IsShared)
    {
        Console.WriteLine($"  {"commands an idle heartbeat",-28}{await measurements.StatementsAsync(100),10:0.00}");
    }
}

static double SyncMilliseconds(string folder)
{
    var path = Path.Combine(folder, $".cairn-bench-sync-{Environment.ProcessId}");
    using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose);
    var times = new List<double>();
    for (var i = 0; i < 200; i++)
    {
        var clock = Stopwatch.StartNew();
        RandomAccess.Write(file, new byte[8192], i * 8192L);
        RandomAccess.FlushToDisk(file);
        times.Add(clock.Elapsed.TotalMilliseconds);
    }

    times.Sort();
    return times[times.Count / 2];
}
