using System.Globalization;
using Cairn.Bench.Storage;

// What durability and verification cost: commits against dd, the stall that a step loop sees, restores against plain reading, and long
// catalogs. Medians and ratios of rounds taken in turn in one run; ratios are to the first line of each table.
//
//   dotnet run -c Release --project bench/Storage [-- FOLDER [ROUNDS [commit|restore|chm|rows|many-rows|chunks STORE]]]
//
// `chunks` compresses the fields of a run's store by every codec: sizes, and times of writing and reading.
// FOLDER lies on the disk that is to be measured (default: the working directory).
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["rows", var catalog])
{
    ListingSpeed.TellMemory(catalog);
    return;
}

var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 7;
var only = args.Length > 2 ? args[2] : null;
var scratch = Directory.CreateDirectory(
    Path.Combine(args.Length > 0 ? args[0] : ".", $".cairn-bench-{Environment.ProcessId}")).FullName;
try
{
    Console.WriteLine($"{rounds} rounds; load {File.ReadAllText("/proc/loadavg").Trim()}, {Environment.ProcessorCount} processors");
    foreach (var mebibytes in new[] { 1, 16, 256 })
    {
        if (only is null or "commit")
            new CommitSpeed(scratch, rounds).Run(mebibytes);

        if (only is null or "restore")
            new RestoreSpeed(scratch, rounds).Run(mebibytes);
    }

    if (only == "chunks")
        new ChunkCompression(scratch, rounds).Run(args[3]);

    if (only is null or "chm")
        new ChmSpeed(scratch, rounds).Run();

    if (only is null or "rows")
        new ListingSpeed(scratch, rounds).Run(1_000);

    if (only is null or "many-rows")
        new ListingSpeed(scratch, rounds).Run(100_000);

    Console.WriteLine($"\nload at the end {File.ReadAllText("/proc/loadavg").Trim()}");
}
finally
{
    Directory.Delete(scratch, recursive: true);
}
