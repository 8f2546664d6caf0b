using System.Globalization;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>
/// How long a batch stands still when its worker is killed: from kill -9 to the first session that it has elsewhere, of a run that commits
/// at every boundary. A figure for people, printed; nothing is asserted of it.
/// </summary>
[Collection(ClusterCollection.Name)]
[Trait("Category", "Soak")]
public sealed class FailoverTimeTests(ITestOutputHelper log) : IDisposable
{
    private const int Trials = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("normal")]
    [InlineData("fast")]
    public async Task From_the_kill_of_a_worker_to_the_next_session_elsewhere(string detection)
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, new ClusterPlan { Workers = 2, Detection = detection });
        var run = await cluster.SubmitAsync(Spec());
        var last = 0L;
        for (var trial = 1; trial <= Trials; trial++)
        {
            var name = await NodeAsync(cluster, run);
            var worker = cluster.Workers.Single(w => w.Text.Contains($"worker {name}:", StringComparison.Ordinal));
            last = (await cluster.EventsAsync(run, last))[^1]["number"]!.GetValue<long>();
            var killed = TimeProvider.System.GetUtcNow();
            cluster.Kill(worker);
            var (granted, session) = await AgainAsync(cluster, run, last);
            log.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{detection}, trial {trial}: granted elsewhere after {(granted - killed).TotalSeconds:0.0} s, first session after "
                + $"{(session - killed).TotalSeconds:0.0} s"));
            await cluster.StartWorkerAsync();
        }
    }

    /// <summary>The node that has the run's only batch, once that has a session.</summary>
    private static async Task<string> NodeAsync(TestCluster cluster, string run)
    {
        await cluster.UntilSessionsAsync(run, Patience);
        var stands = await cluster.UntilAsync(
            run, r => TestCluster.Batches(r) is [{ } batch] && TestCluster.State(batch) == "granted", Patience);
        return $"{TestCluster.Batches(stands)[0]["node"]}";
    }

    /// <summary>When the batch was granted again, and when it had its first session thereafter.</summary>
    private static async Task<(DateTimeOffset Granted, DateTimeOffset Session)> AgainAsync(TestCluster cluster, string run, long after)
    {
        await cluster.UntilAsync(run, _ => true, Patience);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            // Only what is new: a run that commits at every boundary has thousands of events before long.
            var since = (await cluster.EventsAsync(run, after)).SkipWhile(e => $"{e["kind"]}" != "granted").ToList();
            if (since.Find(e => $"{e["kind"]}" == "session committed") is { } session)
                return (At(since[0]), At(session));

            await again.WaitForNextTickAsync();
        }
    }

    private static DateTimeOffset At(JsonNode e) => DateTimeOffset.Parse($"{e["at"]}", CultureInfo.InvariantCulture);

    private string Spec()
    {
        var path = _scratch["long.conf"];
        File.WriteAllText(path, """
            name = long
            model { kind = shallow-water, step = 90s, nx = 64, ny = 64, dx = 100000 }
            initial { source = model, case = sine-waves }
            lead-times { every = 4h, count = 20000 }
            ensemble { size = 2, batch-size = 2, seed = 3, perturbation { kind = gaussian, amplitude = 0.1, variables = [u, v] } }
            checkpoint { path = long/checkpoints, mode = append, history-size = 3, flush-interval = 1 }
            output { kind = none }
            """);
        return path;
    }
}
