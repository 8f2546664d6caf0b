using System.Globalization;
using Cairn.Bench.Registry;
using Cairn.Engine.Settings;

// What the registry of runs, its journal and the cluster cost: a real seed, and nodes that say of every batch that it ended the moment that
// they are granted it; everything passes through Akka.Remote and its TLS. Medians, with the least and the most.
//
//   dotnet run -c Release --project bench/Registry [-- FOLDER [ROUNDS [batches|recovery|listing|sizes|members|idle [MORE [DETECTION]]]]]
//
// FOLDER lies on the disk that the journals are to be on (default: the working directory); PostgreSQL has a server of its own there.
// MORE is, for batches and recovery: sqlite or postgres alone; for members: how many nodes, and their cluster.detection.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
var (only, more) = (args.Length > 2 ? args[2] : null, args.Length > 3 ? args[3] : null);
var detection = args.Length > 4 ? Enum.Parse<ClusterDetection>(args[4], ignoreCase: true) : ClusterDetection.Normal;
if (only == "join")
{
    await MembersCost.JoinAsync(args[0], rounds, int.Parse(more!, CultureInfo.InvariantCulture), detection);
    return;
}

var scratch = Directory.CreateDirectory(Path.Combine(args.Length > 0 ? args[0] : ".", $".cairn-bench-{Environment.ProcessId}")).FullName;
try
{
    Console.WriteLine($"{rounds} rounds; load {File.ReadAllText("/proc/loadavg").Trim()}, {Environment.ProcessorCount} processors");
    if (only is null or "batches" or "recovery")
    {
        var kinds = Enum.GetValues<JournalKind>().Where(k => more is null || $"{k}".Equals(more, StringComparison.OrdinalIgnoreCase));
        foreach (var kind in kinds)
        {
            await (only == "recovery" ? Task.CompletedTask : BatchSpeed.RunAsync(scratch, kind, rounds));
            await (only == "batches" ? Task.CompletedTask : RecoverySpeed.RunAsync(scratch, kind, rounds));
        }
    }

    if (only is null or "listing")
        await ListingSpeed.RunAsync(scratch, rounds);

    if (only is null or "sizes")
        SnapshotSizes.Run();

    if (only is null or "members")
    {
        foreach (var nodes in more is null ? [5, 20, 60] : new[] { int.Parse(more, CultureInfo.InvariantCulture) })
            await MembersCost.RunAsync(scratch, nodes, detection);
    }

    if (only is null or "idle")
        await IdleCost.RunAsync(scratch);

    Console.WriteLine($"load at the end {File.ReadAllText("/proc/loadavg").Trim()}");
}
finally
{
    Directory.Delete(scratch, recursive: true);
}
