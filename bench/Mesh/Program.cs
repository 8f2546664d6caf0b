using System.Globalization;
using System.Reflection;
using Cairn.Bench.Mesh;
using Cairn.Bench.Models;
using Cairn.Engine.Torch;

// What a step of the mesh model's seven modules costs on a million triangles, on one core, against plain loops in C that do the same
// arithmetic in place (bench/native/build/mesh_step). In turn, in one run of this program; the ratio is the
// median over the rounds of pairs taken one after the other. Both print a total of what they end with, to compare numbers.
//
//   dotnet run -c Release --project bench/Mesh [-- ROUNDS [COLUMNS ROWS]]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var root = typeof(PlainStep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!;
int Argument(int i, int usual) => args.Length > i ? int.Parse(args[i], CultureInfo.InvariantCulture) : usual;
var (rounds, columns, rows) = (Argument(0, 7), Argument(1, 1000), Argument(2, 500));
const int Steps = 5;
TorchRuntime.KeepFreedMemory();
TorchRuntime.SetThreads(1);
var plain = new PlainStep(root, columns, rows);
using (var check = new MeshStepping(columns, rows))
{
    check.Step(Steps);
    Console.WriteLine($"snow squared after {Steps} steps: C {plain.Total(Steps):E12}, Cairn {check.Total:E12}");
}

using var mesh = new MeshStepping(columns, rows);
Comparison.Print($"mesh, {2 * columns * rows} triangles, seven modules, float64, {Steps} steps, {rounds} rounds", rounds,
[
    ("C, -O3", () => plain.Milliseconds(Steps, native: false)),
    ("C, -O3 -march=native", () => plain.Milliseconds(Steps, native: true)),
    ("Cairn, tensor to tensor", () => mesh.Milliseconds(Steps)),
]);
