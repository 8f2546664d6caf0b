using System.Globalization;
using System.Reflection;
using Cairn.Bench.Models;
using Cairn.Engine.Torch;

// What a step of the models in C# costs, against plain loops: the shallow-water kernel against C (native/build/shallow_water, configured
// with -DCAIRN_BENCH=ON), Lorenz 1996 against the loop that anyone would write. In turn, in one run of this program; the ratio is the
// median over the rounds of pairs taken one after the other.
//
//   dotnet run -c Release --project bench/Models [-- ROUNDS]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var root = typeof(PlainC).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9;
TorchRuntime.KeepFreedMemory();
TorchRuntime.SetThreads(1);
foreach (var points in new[] { 64, 512 })
{
    var steps = 4_000_000 / (points * points);
    using var water = new ShallowWaterStepping(points);
    var plain = new PlainC(root, points);
    Comparison.Print($"shallow-water, {points} x {points}, float64, {steps} steps, {rounds} rounds", rounds,
    [
        ("C, -O3 -march=native", () => plain.Milliseconds(steps, native: true)),
        ("C, -O3", () => plain.Milliseconds(steps, native: false)),
        ("Cairn", () => water.Milliseconds(steps)),
    ]);
    Console.WriteLine($"managed bytes allocated a step: {water.BytesPerStep(steps):0}");
}

using var lorenz = new Lorenz96Stepping(variables: 40, members: 1000);
Comparison.Print($"lorenz96, 1000 members of 40 variables, float64, 200 steps, {rounds} rounds", rounds,
[
    ("plain C# loop", () => lorenz.PlainMilliseconds(200)),
    ("Cairn", () => lorenz.Milliseconds(200)),
]);
