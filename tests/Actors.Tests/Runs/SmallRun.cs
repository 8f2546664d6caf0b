using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Runs;

/// <summary>
/// Small runs of shallow water under supervision, in a scratch folder: four members in batches of two, twelve boundaries of two steps each,
/// a session every fourth.
/// </summary>
internal sealed class SmallRun : IDisposable
{
    // In memory where there is such a place: what these tests are about is not the disk.
    private static readonly string Scratch = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(Scratch, $"cairn-actors-{Guid.NewGuid():N}")).FullName;

    /// <summary>A run called <paramref name="name"/> in a folder of its own.</summary>
    public RunSpec Spec(string name, params string[] settings)
    {
        var file = Path.Combine(Folder, "run.conf");
        File.WriteAllText(file, """
            name = small
            model { kind = shallow-water, step = 90s, nx = 12, ny = 20, dx = 100000 }
            initial { source = model }
            lead-times { every = 3m, count = 12 }
            ensemble { size = 4, batch-size = 2, seed = 7, perturbation { kind = gaussian, amplitude { u = 0.1, v = 0.1, p = 5 } } }
            checkpoint { flush-interval = 4, durability = none }
            output { kind = zarr, lead-times-per-chunk = 2, picture = off }
            supervision { first-pause = 1ms, longest-pause = 5ms }
            node { slots = 2 }
            """);
        return RunSpecReader.Read(file,
            [.. settings, $"checkpoint.path={Folder}/{name}/checkpoints", $"output.path={Folder}/{name}/fields.zarr"], Folder);
    }

    /// <summary>Runs a spec to its end or halt.</summary>
    public static async Task<(RunResult Result, Events Events)> RunAsync(
        RunSpec spec, Events? events = null, CancellationToken stop = default)
    {
        events ??= new Events();
        return (await LocalRun.RunAsync(spec, new RunOptions(), events, stop), events);
    }

    /// <summary>The run that nothing disturbs, which the others are held against.</summary>
    public async Task<RunSpec> CalmAsync(params string[] settings)
    {
        var spec = Spec("calm", settings);
        var (result, _) = await RunAsync(spec);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        return spec;
    }

    /// <summary>SHA-256 of every file of a field store, by relative path.</summary>
    public static SortedDictionary<string, string> Digests(RunSpec spec, Predicate<string>? which = null)
    {
        var store = spec.Output.Path!;
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(store, file);
            if (which?.Invoke(name) ?? true)
                digests[name] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return digests;
    }

    /// <summary>Whether a file of a store is a chunk of a member's fields.</summary>
    public static bool IsOf(int member, string file) =>
        Path.GetFileName(file).StartsWith(string.Create(CultureInfo.InvariantCulture, $"{member}.0."), StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>Keeps a run's events, and lets a test act on them.</summary>
internal sealed class Events(Action<RunEvent>? act = null) : IRunObserver
{
    private readonly ConcurrentQueue<RunEvent> _all = new();

    public void On(RunEvent runEvent)
    {
        _all.Enqueue(runEvent);
        act?.Invoke(runEvent);
    }

    public List<T> Of<T>() where T : RunEvent => [.. _all.OfType<T>()];
}
