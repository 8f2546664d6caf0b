using System.Globalization;
using Cairn.Bench.Ranks;
using Cairn.Engine.Ranks;
using Cairn.Engine.Torch;

// What it costs to cut a domain: one halo exchange of 1,440 bytes each way, and a step of the shallow-water model, 512 x 512 points,
// whole and on several ranks.
//
//   dotnet run -c Release --project bench/Ranks [-- RANKS]                             ranks of one process
//   mpirun -n RANKS dotnet bench/Ranks/bin/Release/net10.0/Cairn.Bench.Ranks.dll mpi   ranks of the site's MPI
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Exchanges = 20_000, Points = 512, Steps = 40;
TorchRuntime.KeepFreedMemory();
TorchRuntime.SetThreads(1);
if (args is ["mpi"])
{
    using var own = MpiCommunicator.Open();
    Rank(own, MpiLibrary.Version.Split('\n')[0]);
    MpiCommunicator.Complete();
    return;
}

var size = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2;
Print($"shallow-water {Points} x {Points}, whole", RankTimes.StepMilliseconds(null, Points, Steps), "ms/step");
Rank(new SoloCommunicator(), "one rank alone");
var threads = InProcessGang.Create(size).Ranks.Select(ranks => new Thread(() => Rank(ranks, "memory"))).ToList();
threads.ForEach(thread => thread.Start());
threads.ForEach(thread => thread.Join());

static void Rank(ICommunicator ranks, string through)
{
    var exchange = RankTimes.ExchangeMicroseconds(ranks, Exchanges);
    var step = RankTimes.StepMilliseconds(ranks, Points, Steps);
    if (ranks.Rank == 0)
    {
        Print($"{RankTimes.HaloBytes} bytes each way, {ranks.Size} rank(s), {through}", exchange, "us/exchange");
        Print($"shallow-water {Points} x {Points}, {ranks.Size} rank(s), {through}", step, "ms/step");
    }
}

static void Print(string what, (double Median, double Least) times, string unit) =>
    Console.WriteLine($"{what,-84}{times.Median,10:0.000}{times.Least,10:0.000} {unit} (median, least)");
