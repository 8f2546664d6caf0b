using System.Globalization;
using System.Reflection;
using Cairn.Bench.Models;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

// What a step of the models costs, of those with kernels in C# against plain loops: the shallow-water kernel against C
// (bench/native/build/shallow_water), Lorenz 1996 against the loop that anyone would write, of an ONNX file against a loop over ONNX
// Runtime alone, of a Python class against a loop in Python. In turn, in one run of this program; the ratio is the median over the
// rounds of pairs taken one after the other.
//
//   dotnet run -c Release --project bench/Models [-- ROUNDS [onnx|python]]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var root = typeof(PlainC).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9;
TorchRuntime.KeepFreedMemory();
TorchRuntime.SetThreads(1);
foreach (var (rows, columns, steps) in new[] { (2048, 4096, 60), (19, 36, 2000) })
{
    using var python = new PythonStepping(root, rows, columns);
    Comparison.Print($"python, a state of {python.StateMebibytes:0.###} MiB, float32, {steps} steps, {rounds} rounds", rounds,
    [
        ("plain Python loop", () => python.PlainMilliseconds(steps)),
        ("Cairn, a model's steps", () => python.Milliseconds(steps)),
        ("Cairn, 20 steps to a boundary", () => python.BoundaryMilliseconds(steps)),
    ]);
}

if (args is [_, "python"])
    return;

using (var onnx = new OnnxStepping(root, rows: 361))
{
    Comparison.Print($"onnx, 2 x 361 x 720, float32, 100 steps, {rounds} rounds", rounds,
    [
        ("ONNX Runtime alone", () => onnx.BareMilliseconds(100)),
        ("Cairn, a model's steps", () => onnx.Milliseconds(100)),
        ("Cairn, two networks' steps", () => onnx.ScheduledMilliseconds(100)),
        ("Cairn, a whole run of 600", () => onnx.RunMilliseconds(600)),
    ]);
}

if (args is [_, "onnx"])
    return;

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

(int Truncation, ScalarType DType)[] spectral =
    [(42, ScalarType.Float64), (42, ScalarType.Float32), (85, ScalarType.Float64), (85, ScalarType.Float32)];
var models = spectral.Select(s => new BarotropicStepping(s.Truncation, members: 4, s.DType)).ToList();
Comparison.Print($"barotropic, batch of 4, 20 steps, {rounds} rounds", rounds,
    [.. spectral.Zip(models, (s, model) => ($"T{s.Truncation}, {s.DType.Name()}", (Func<double>)(() => model.Milliseconds(20))))]);
models.ForEach(model => model.Dispose());
