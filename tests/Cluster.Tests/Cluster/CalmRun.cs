using System.Globalization;
using System.Text.Json.Nodes;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>A run that takes a cluster some twenty seconds, and what it writes when nothing disturbs it.</summary>
public sealed class CalmRun : IAsyncLifetime, IDisposable
{
    /// <summary>How long a test waits for something that must come.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly Scratch _scratch = new();

    public async Task InitializeAsync()
    {
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", Spec(_scratch, "calm"), "--set", "node.slots=2");
        Assert.True(code == 0, text);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _scratch.Dispose();

    /// <summary>Submits the run to a cluster, and waits for its first session.</summary>
    internal static async Task<string> BeginAsync(TestCluster cluster, Scratch scratch, string name = "disturbed")
    {
        var run = await cluster.SubmitAsync(Spec(scratch, name));
        await cluster.UntilSessionsAsync(run, Patience);
        return run;
    }

    /// <summary>
    /// Waits for its end, and sees to it that the promise was kept: the bytes of the undisturbed run, nothing reported repeated.
    /// </summary>
    internal async Task<IReadOnlyList<JsonNode>> EndAsync(TestCluster cluster, Scratch scratch, string run, string name = "disturbed")
    {
        var ended = await cluster.EndAsync(run, Patience);
        Assert.True(TestCluster.State(ended) == "completed", $"{ended}\n{cluster.Text}");
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], scratch[$"{name}/fields.zarr"]);
        var events = await cluster.EventsAsync(run);
        ClusterPromise.AssertKept(events);
        return events;
    }

    /// <summary>
    /// The shallow-water model on 64 x 64 points, in six batches of two members; returns the spec's path. Restarts come at once, and as
    /// often as a test has faults.
    /// </summary>
    private static string Spec(Scratch scratch, string name)
    {
        var path = scratch[name + ".conf"];
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $$"""
            name = {{name}}
            model { kind = shallow-water, step = 90s, nx = 64, ny = 64, dx = 100000 }
            initial { source = model, case = sine-waves }
            lead-times { every = 4h, count = 96 }
            ensemble { size = 12, batch-size = 2, seed = 3, perturbation { kind = gaussian, amplitude = 0.1, variables = [u, v] } }
            checkpoint { path = {{name}}/checkpoints, mode = append, history-size = 3, flush-interval = 4 }
            output { kind = zarr, path = {{name}}/fields.zarr, variables = [u, p], every = 4, lead-times-per-chunk = 1, picture = off }
            supervision { first-pause = 50ms, longest-pause = 200ms, max-restarts = 50, quarantine-after = 50 }
            """));
        return path;
    }
}

/// <summary>Tests of clusters: one after the other, since each keeps all cores busy.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<CalmRun>
{
    public const string Name = "clusters";
}
