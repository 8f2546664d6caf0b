using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Cairn.Bench.Rollout;

// What Cairn adds to a step: the same model, stepped by a bare loop over TorchSharp and by a run, in turn, in one run of this program;
// medians and ratios are printed.
//
//   dotnet run -c Release --project bench/Rollout [-- ROUNDS [STEPS [TRUNCATION]]]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var root = typeof(StepFunction).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
var steps = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 960;
var truncation = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 42;
var scratch = Directory.CreateTempSubdirectory("cairn-bench-").FullName;
try
{
    using var function = StepFunction.Create(root, scratch, truncation);
    var names = new[] { "bare loop", "a run, no output, no commits", "a run, Zarr output and commits" };
    var times = names.Select(_ => new List<double>()).ToArray();
    for (var round = -1; round < rounds; round++)
    {
        double[] one =
        [
            function.BareMillisecondsPerStep(steps),
            function.MillisecondsPerStep(steps, output: false, Path.Combine(scratch, $"bare{round}")),
            function.MillisecondsPerStep(steps, output: true, Path.Combine(scratch, $"full{round}")),
        ];
        // The first round warms caches and the just-in-time compiler, and does not count.
        for (var i = 0; round >= 0 && i < one.Length; i++)
            times[i].Add(one[i]);
    }

    Console.WriteLine($"{rounds} rounds of {steps} steps, {function.Describe()}");
    Console.WriteLine($"{"",-32}{"ms/step",10}{"min",10}{"max",10}{"of bare",10}");
    for (var i = 0; i < names.Length; i++)
    {
        // Pair by pair, so that a machine whose speed drifts compares like with like.
        var ofBare = Ratio(times[i], times[0]);
        var (median, least, most) = (Median(times[i]), times[i].Min(), times[i].Max());
        Console.WriteLine($"{names[i],-32}{median,10:0.000}{least,10:0.000}{most,10:0.000}{ofBare,10:0.000}");
    }
}
finally
{
    Directory.Delete(scratch, recursive: true);
}

static double Ratio(List<double> values, List<double> others) => Median([.. values.Zip(others, (a, b) => a / b)]);

static double Median(List<double> values)
{
    var sorted = values.Order().ToList();
    return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
}
