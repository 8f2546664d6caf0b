using System.Globalization;
using Cairn.Bench.Supervision;

// What it costs to be supervised in other processes: a boundary's report and the permit that answers it, and a rank that is killed, until
// its successor steps; and a run of many batches that is started again. With an old C++ runtime LD_LIBRARY_PATH=.cairn/libstdcxx is for
// all of it:
//
//   dotnet run -c Release -p:Ahead=true --project bench/Supervision                                  the first two of the following
//   dotnet run -c Release -p:Ahead=true --project bench/Supervision -- trip [ROUNDS]                 boundary and permit
//   dotnet run -c Release -p:Ahead=true --project bench/Supervision -- kill [process|mpi [TRIALS]]   kill -9 of a rank
//   dotnet run -c Release -p:Ahead=true --project bench/Supervision -- restart [BATCHES…]            many batches started again
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["child", var node, var rounds])
{
    await RoundTrip.ReportAsync(node, int.Parse(rounds, CultureInfo.InvariantCulture));
    return;
}

if (args is [] or ["trip", ..])
    await RoundTrip.MeasureAsync(args is [_, var wanted] ? int.Parse(wanted, CultureInfo.InvariantCulture) : 2000);

if (args is [] or ["kill", ..])
{
    var trials = args is [_, _, var wanted] ? int.Parse(wanted, CultureInfo.InvariantCulture) : 5;
    string[] launchers = args is [_, var launcher, ..] ? [launcher] : ["process", "mpi"];
    Console.WriteLine($"{"kill -9 of a rank, s",-24}{"noticed",10}{"started",10}{"stepping",10}");
    foreach (var each in launchers)
        await RankKills.MeasureAsync(each, trials);
}

if (args is ["restart", .. var sizes])
{
    await Restarts.MeasureAsync(
        sizes is [] ? [500, 2000, 10_000] : [.. sizes.Select(size => int.Parse(size, CultureInfo.InvariantCulture))]);
}
