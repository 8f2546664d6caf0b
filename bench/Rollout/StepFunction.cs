using System.Globalization;
using Cairn.Actors;
using Cairn.Engine.Models.Barotropic;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Bench.Rollout;

/// <summary>The barotropic model on the January 1990 winds, as a spec for Cairn and as a state for a bare loop.</summary>
internal sealed class StepFunction : IDisposable
{
    private const int Batch = 1;
    private readonly int _truncation;
    private readonly string _specPath;
    private readonly BarotropicModel _model;
    private readonly Tensor _state;

    private StepFunction(int truncation, string specPath, BarotropicModel model, Tensor state)
    {
        _truncation = truncation;
        _specPath = specPath;
        _model = model;
        _state = state;
    }

    public static StepFunction Create(string root, string scratch, int truncation)
    {
        var specPath = Path.Combine(scratch, "bench.conf");
        File.WriteAllText(specPath, $$"""
            name = bench
            model { kind = barotropic, step = 30m, truncation = {{truncation}} }
            initial { source = netcdf, path = "{{root}}/data/navy-winds-1982-1992.nc", time = "1990-01-16" }
            initial.variables { u = u10m, v = v10m }
            lead-times { every = 6h, count = 1 }
            ensemble { size = {{Batch}} }
            checkpoint { path = unused/checkpoints }
            output { kind = none }
            """);
        TorchRuntime.UseDeterministicSettings();
        TorchRuntime.KeepFreedMemory();
        TorchRuntime.SetThreads(1);
        var spec = RunSpecReader.Read(specPath);
        var initial = InitialSources.Read(spec.Initial);
        var model = (BarotropicModel)ModelFactory.Create(spec.Model, initial);
        using var fields = initial.ToBatch(Batch, model.Description);
        return new StepFunction(truncation, specPath, model, model.Initialize(fields));
    }

    public string Describe() => $"barotropic T{_truncation}, {Batch} member, float64, 1 thread";

    /// <summary>The yardstick: nothing but one step after the other.</summary>
    public double BareMillisecondsPerStep(int steps)
    {
        var state = _state.clone();
        var started = TimeProvider.System.GetTimestamp();
        for (var step = 0; step < steps; step++)
        {
            using var before = state;
            state = _model.Step(before);
        }

        using (state)
        {
            return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / steps;
        }
    }

    /// <summary>
    /// Runs a rollout of so many steps through Cairn;
    /// the time of stepping (with output: until all is durable), over the steps.
    /// </summary>
    public double MillisecondsPerStep(int steps, bool output, string folder)
    {
        string[] settings =
        [
            string.Create(CultureInfo.InvariantCulture, $"lead-times.count={steps / 12}"),
            $"checkpoint.path={folder}/checkpoints",
            output ? "checkpoint.flush-interval=4" : "checkpoint.flush-interval=none",
            .. output ? OutputTo(folder) : [],
        ];
        var clock = new Clock();
        var spec = RunSpecReader.Read(_specPath, settings);
        var result = LocalRun.RunAsync(spec, new RunOptions(), clock, CancellationToken.None).GetAwaiter().GetResult();
        return result.Outcome == RunOutcome.Completed
            ? (output ? clock.WithCommits : clock.Stepping).TotalMilliseconds / result.Steps
            : throw new InvalidOperationException($"the benchmark's run failed: {result.Failures[0].Error.Message}");
    }

    private static string[] OutputTo(string folder) =>
    [
        "output.kind=zarr", $"output.path={folder}/fields.zarr", "output.variables=[vorticity, u, v]", "output.lead-times-per-chunk=4",
    ];

    public void Dispose()
    {
        _state.Dispose();
        _model.Dispose();
    }

    private sealed class Clock : IRunObserver
    {
        private long _started;

        /// <summary>From lead time zero to the last boundary.</summary>
        public TimeSpan Stepping { get; private set; }

        /// <summary>The same, and until the last commit is durable.</summary>
        public TimeSpan WithCommits { get; private set; }

        public void On(RunEvent runEvent)
        {
            if (runEvent is BoundaryReached { Boundary: 0 })
                _started = TimeProvider.System.GetTimestamp();
            else if (runEvent is BoundaryReached)
                Stepping = TimeProvider.System.GetElapsedTime(_started);
            else if (runEvent is BatchCompleted)
                WithCommits = TimeProvider.System.GetElapsedTime(_started);
        }
    }
}
