using System.Security.Cryptography;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Small runs in a scratch folder: four members in batches of two on a grid of 3 x 4 points, seven boundaries of two steps each.
/// The batches take turns, so that a test can count steps.</summary>
internal sealed class Trial : IDisposable
{
    public static readonly string[] Variables = ["u", "v"];
    public static readonly LatLonGrid Grid = new([45, 0, -45], [0, 90, 180, 270]);

    public static readonly InitialCondition Initial = new(
        Variables, Grid, [.. Enumerable.Range(0, 24).Select(i => Math.Sin(i) * 10)], CfTime.Parse("1990-01-16", CfCalendar.Standard, out _),
        new Dictionary<string, string?> { ["u"] = "m s-1", ["v"] = null });

    // In memory where there is such a place: what these tests are about is not the disk, and they make thousands of files.
    private static readonly string Scratch = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(Scratch, $"cairn-trial-{Guid.NewGuid():N}")).FullName;
    public UnsyncedFiles Files { get; init; } = new();

    /// <summary>A run called <paramref name="name"/> in a folder of its own.</summary>
    public RunSpec Spec(string name) => new()
    {
        Name = "trial",
        Model = new ModelSpec { Kind = "persistence", Step = TimeSpan.FromHours(3), DType = "float32", Device = "cpu" },
        Initial = new InitialSpec("netcdf", "/in.nc", null, [.. Variables.Select(v => new InitialVariable(v, v))]),
        LeadTimes = new LeadTimeSpec(TimeSpan.FromHours(6), 7),
        Ensemble = new EnsembleSpec(4, 2, 42, new PerturbationSpec("gaussian", 0.5, null)),
        Ranks = new RankSpec(1, RankLauncher.InProcess),
        Checkpoint = new CheckpointSpec { Path = Path.Combine(Folder, name, "checkpoints") },
        Output = new OutputSpec { Kind = "zarr", Path = Path.Combine(Folder, name, "fields.zarr") },
        Node = new NodeSpec(1),
    };

    public PreparedRun Host(RunSpec spec, IRunObserver? observer = null, StandInModel? model = null, bool fresh = false)
    {
        // The number belongs to the thread, and is in the fingerprint: a test may step on the thread that prepares its next run.
        TorchRuntime.SetThreads(spec.Model.Threads);
        return PreparedRun.Create(spec, new RunOptions { Files = Files, Fresh = fresh }, observer ?? new RunObservers(),
            model ?? new StandInModel(), Initial, []);
    }

    public RunResult Run(RunSpec spec, IRunObserver? observer = null, StandInModel? model = null, CancellationToken stop = default)
    {
        using var host = Host(spec, observer, model);
        return host.Run(stop);
    }

    /// <summary>Runs to the end, and fails with the run's own error where it does not.</summary>
    public Recorder Complete(RunSpec spec, StandInModel? model = null)
    {
        var recorder = new Recorder();
        var result = Run(spec, recorder, model);
        Assert.True(result.Outcome == RunOutcome.Completed, string.Join('\n', result.Failures.Select(f => f.Error.ToString())));
        return recorder;
    }

    /// <summary>Runs until the batch of <paramref name="member"/> has reached a boundary.</summary>
    public RunResult StopAt(RunSpec spec, int boundary, int member = 0, StandInModel? model = null)
    {
        using var stop = new CancellationTokenSource();
        var recorder = new Recorder(e =>
        {
            if (e is BoundaryReached reached && reached.Boundary == boundary && e.Batch!.Value.Members.Contains(member))
                stop.Cancel();
        });
        return Run(spec, recorder, model, stop.Token);
    }

    /// <summary>Fails unless two runs ended with the same fields and the same states.</summary>
    public static void AssertSameEnd(RunSpec expected, RunSpec actual)
    {
        if (expected.Output.Path is { } store)
            AssertSame(Digests(store), Digests(actual.Output.Path!));
        AssertSame(MemberStates(expected), MemberStates(actual));
    }

    /// <summary>SHA-256 of every file below a folder, by relative path; the lock's file names its holder and is left out.</summary>
    public static SortedDictionary<string, string> Digests(string folder)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories);
        foreach (var file in files.Where(f => Path.GetFileName(f) != "run.lock"))
            digests[Path.GetRelativePath(folder, file)] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        return digests;
    }

    public static void AssertSame(SortedDictionary<string, string> expected, SortedDictionary<string, string> actual)
    {
        Assert.Empty(expected.Keys.Except(actual.Keys).Select(path => "missing: " + path));
        Assert.Empty(actual.Keys.Except(expected.Keys).Select(path => "unexpected: " + path));
        Assert.Empty(expected.Keys.Where(path => expected[path] != actual[path]).Select(path => "different bytes: " + path));
    }

    /// <summary>The newest session of each batch of the run, by its first member.</summary>
    public static SortedDictionary<int, CheckpointRow> Newest(RunSpec spec)
    {
        var newest = new SortedDictionary<int, CheckpointRow>();
        foreach (var batch in RunRecord.Read(Path.Combine(spec.Checkpoint.Path, RunRecord.FileName)).Batches)
            newest[batch.First] = Checkpoint.ReadRows(Path.Combine(spec.Checkpoint.Path, batch.FolderName))[^1];
        return newest;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Digests of each member's arrays in the newest sessions: names of files, which come from members and fields, without those
    /// of commits.</summary>
    private static SortedDictionary<string, string> MemberStates(RunSpec spec)
    {
        var states = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in Newest(spec).Values)
        {
            Assert.Equal(spec.LeadTimes.End, row.LeadTime);
            foreach (var (path, digest) in Digests(row.Directory).Where(f => f.Key.EndsWith(".npy", StringComparison.Ordinal)))
                states[path] = digest;
        }
        return states;
    }
}
