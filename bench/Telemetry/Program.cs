using System.Globalization;
using Cairn.Actors.Ranks;
using Cairn.Bench.Telemetry;
using Cairn.Engine.Rollouts;
using OpenTelemetry;
using OpenTelemetry.Metrics;

// What measuring adds to a step: an empty step, bare and as the loop of steps calls it, while nobody listens, while OpenTelemetry does, and
// while a process of ranks gathers for its node. Medians of rounds taken in turn, and the bytes that a step allocates.
//
//   dotnet run -c Release --project bench/Telemetry [-- ROUNDS [STEPS]]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
var steps = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000;
Func<object?> bare = static () => null;
var timed = StepMeter.Timed(bare, "none");
var rows = new List<Row>
{
    new("bare", bare, static () => null),
    new("nobody listens", timed, static () => null),
    new("OpenTelemetry listens", timed, static () => Sdk.CreateMeterProviderBuilder().AddMeter(StepMeter.MeterName)
        .AddReader(new BaseExportingMetricReader(new Nowhere())).Build()),
    new("a process of ranks gathers", timed, static () => new MeasurementCollector()),
};
for (var round = -1; round < rounds; round++)
{
    // The first round warms the just-in-time compiler, and does not count.
    rows.ForEach(row => row.Measure(steps, counts: round >= 0));
}

Console.WriteLine($"{rounds} rounds of {steps} steps");
Console.WriteLine($"{"",-28}{"ns/step",10}{"min",10}{"max",10}{"bytes/step",12}");
rows.ForEach(row => Console.WriteLine(row));
