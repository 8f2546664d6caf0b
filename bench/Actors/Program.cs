using System.Globalization;
using Cairn.Bench.Actors;

// What the actor engine costs: tells a second, round trips, questions, actors created and their size; medians of several rounds, beside
// figures of Akka.NET 1.5 on a machine with two cores. For a comparison on yours, build once with each engine and run both:
//
//   dotnet run -c Release --project bench/Actors [-p:ActorEngine=Akka] [-- ROUNDS]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
(string Name, string Unit, double Akka, Func<double> Measure)[] rows =
[
    ("tells to one actor from one thread", "M/s", 7.0, () => Measurements.TellsToOne(1)),
    ("tells to one actor from two threads", "M/s", double.NaN, () => Measurements.TellsToOne(2)),
    ("tells to 1,000 actors from one thread", "M/s", double.NaN, () => Measurements.TellsToMany(1_000)),
    ("round trip between two actors", "us", double.NaN, Measurements.RoundTrip),
    ("ask and answer", "us", 2.3, Measurements.Ask),
    ("actors created", "k/s", 31, () => Measurements.Creation().ASecond / 1e3),
    ("size of an actor", "kB", 2.1, () => Measurements.Creation().Bytes / 1e3),
];
Console.WriteLine($"{typeof(ActorSystem).Assembly.GetName().Name}, {rounds} rounds, {Environment.ProcessorCount} processors");
Console.WriteLine($"{"",-42}{"median",9}{"min",9}{"max",9}{"Akka.NET",10}");
foreach (var (name, unit, akka, measure) in rows)
{
    // The first round warms the just-in-time compiler, and does not count.
    measure();
    var values = Enumerable.Range(0, rounds).Select(_ => measure()).Order().ToList();
    var reference = double.IsNaN(akka) ? "" : $"{akka:0.0}";
    Console.WriteLine($"{$"{name}, {unit}",-42}{values[rounds / 2],9:0.00}{values[0],9:0.00}{values[^1],9:0.00}{reference,10}");
}
