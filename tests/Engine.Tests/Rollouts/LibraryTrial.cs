using Cairn.Storage.Fields.Zarr;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>The library workflows on the same small model: three members, five boundaries, two lead times in a chunk.</summary>
internal sealed class LibraryTrial : IDisposable
{
    public static readonly BoundarySchedule Schedule = new(TimeSpan.FromHours(6), 5, 2, OutputEvery: 1, LeadTimesPerFile: 2);

    private readonly Trial _trial = new();

    public string Path(string name) => System.IO.Path.Combine(_trial.Folder, name);

    public IFieldStore Store(string name, int members = 3, params string[] variables) =>
        ZarrFieldStore.Open(_trial.Files, Path(name + ".zarr"), new FieldLayout
    {
        Members = members,
        Time = Trial.Initial.Time,
        LeadTimes = [.. Enumerable.Range(0, Schedule.OutputCount).Select(i => Schedule.LeadTime(i))],
        Latitude = Trial.Grid.Latitudes,
        Longitude = Trial.Grid.Longitudes,
        Variables = [.. (variables is [] ? Trial.Variables : variables).Select(v => new FieldVariable(v))],
        LeadTimesPerChunk = Schedule.LeadTimesPerFile,
    });

    public Checkpoint Catalog(string name, int level = 2, int? flush = 1, CheckpointMode mode = CheckpointMode.Append) =>
        new(name, new CheckpointOptions
    {
        Path = Path(name), Mode = mode, FlushInterval = flush, Level = level, Rank = 0, WorldSize = 1, Files = _trial.Files,
        TensorFactory = new TensorFactory(), Warn = warning => Assert.Fail(warning.ToString()),
    });

    public bool Ensemble(string name, Checkpoint? catalog, int? stopAfter = null, int? batchSize = 1, Recorder? recorder = null)
    {
        using var model = new StandInModel();
        using var stop = new CancellationTokenSource();
        return new Ensemble(model, Trial.Initial, Store(name), Schedule)
        {
            Size = 3,
            BatchSize = batchSize,
            Perturbation = new NoisePerturbation(42, [0.5, 0.5], new WhiteNoise(Trial.Grid)),
            Observer = Watch(stop, stopAfter, recorder),
        }.Run(catalog, stop.Token);
    }

    public bool Deterministic(
        string name, Checkpoint? catalog, int? stopAfter = null, Recorder? recorder = null, BoundarySchedule? schedule = null)
    {
        using var model = new StandInModel();
        using var stop = new CancellationTokenSource();
        return new Deterministic(model, Trial.Initial, Store(name, members: 1), schedule ?? Schedule)
        {
            Observer = Watch(stop, stopAfter, recorder),
        }.Run(catalog, stop.Token);
    }

    public void AssertSameFields(string expected, string actual) =>
        Trial.AssertSame(Trial.Digests(Path(expected + ".zarr")), Trial.Digests(Path(actual + ".zarr")));

    public void Dispose() => _trial.Dispose();

    /// <summary>Stops once so many boundaries were reached, over all members.</summary>
    public static RunObservers Watch(CancellationTokenSource stop, int? stopAfter, Recorder? recorder)
    {
        var reached = 0;
        var counter = new Recorder(e =>
        {
            if (e is BoundaryReached && ++reached == stopAfter)
                stop.Cancel();
        });
        return new RunObservers(counter, recorder ?? new Recorder());
    }
}
