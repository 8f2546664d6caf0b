using System.Globalization;
using Cairn.Bench.Ranks;
using Cairn.Engine.Ranks;
using Cairn.Engine.Torch;

// What it costs to cut a domain: halos of 1,440 bytes, and a step of the shallow-water model, whole and on several ranks.
//
// With an old C++ runtime LD_LIBRARY_PATH=.cairn/libstdcxx is for both:
//
//   dotnet run -c Release --project bench/Ranks [-- RANKS]                                           ranks of one process
//   mpiexec.mpich -n RANKS dotnet bench/Ranks/bin/Release/net10.0/Cairn.Bench.Ranks.dll mpi          ranks of MPI
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Rounds = 199, Steps = 40;
int[] sizes = [512, 1024];
TorchRuntime.KeepFreedMemory();
TorchRuntime.SetThreads(1);
if (args is ["mpi"])
{
    using var own = MpiCommunicator.Open();
    Rank(own, MpiLibrary.Version.Split('\n')[0].Replace('\t', ' '));
    MpiCommunicator.Complete();
    return;
}

var size = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2;
foreach (var points in sizes)
    Print($"shallow-water {points} x {points}, whole", RankTimes.StepMilliseconds(null, points, Steps), "ms/step");

Rank(new SoloCommunicator(), "one rank alone");
var threads = InProcessGang.Create(size).Ranks.Select(ranks => new Thread(() => Rank(ranks, "memory"))).ToList();
threads.ForEach(thread => thread.Start());
threads.ForEach(thread => thread.Join());

void Rank(ICommunicator ranks, string through)
{
    var who = $"{ranks.Size} rank(s), {through}";
    Tell($"{RankTimes.HaloBytes} bytes from rank 0 to 1 and back at once, {who}", RankTimes.OneWayMicroseconds(ranks, Rounds), "us");
    Tell($"{RankTimes.HaloBytes} bytes to and from both neighbours, {who}", RankTimes.ExchangeMicroseconds(ranks, Rounds), "us");
    foreach (var points in sizes)
        Tell($"shallow-water {points} x {points}, {who}", RankTimes.StepMilliseconds(ranks, points, Steps), "ms/step");

    void Tell(string what, (double Median, double Least) times, string unit)
    {
        if (ranks.Rank == 0)
            Print(what, times, unit);
    }
}

static void Print(string what, (double Median, double Least) times, string unit) =>
    Console.WriteLine($"{what,-96}{times.Median,10:0.000}{times.Least,10:0.000} {unit} (median, least)");
