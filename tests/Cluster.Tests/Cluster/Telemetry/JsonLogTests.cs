using System.Globalization;
using System.Text.Json.Nodes;

namespace Cairn.Cluster.Tests.Cluster.Telemetry;

/// <summary>What a seed and a worker print where log.format is json.</summary>
[Trait("Category", "Slow")]
public sealed class JsonLogTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Every_line_is_a_JSON_object_that_names_the_run_batch_rank_epoch_and_node_that_it_is_about()
    {
        await using var cluster = await TestCluster.StartAsync(
            _scratch, new ClusterPlan { Workers = 0, SeedSettings = ["log.format=json"] });
        var worker = await cluster.StartWorkerAsync("log.format=json", "node.metrics.port=0");
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "said", 12, "rehearsal = [{ kind = throw, lead-time = 5h }]"));
        await cluster.EndAsync(run, Patience);
        await cluster.Seed.LineAsync(l => l.Contains($"run {run} completed", StringComparison.Ordinal));
        await worker.LinesAsync(2, l => l.Contains("batch completed", StringComparison.Ordinal), Patience);
        var (seed, node) = (Read(cluster.Seed), Read(worker));

        var granted = seed.Where(l => Text(l).Contains(" is granted to ", StringComparison.Ordinal)).ToList();
        Assert.Equal(["0-1", "2-3", "closing", "opening"], granted.Select(l => l["batch"]!.GetValue<string>()).Order());
        Assert.All(granted, l => Assert.True(IsOf(l, run) && l["epoch"]!.GetValue<int>() > 0, $"{l}"));
        Assert.All(granted, l => Assert.StartsWith("node-1-", l["node"]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.All(seed.Where(l => Text(l).StartsWith(run, StringComparison.Ordinal)), l => Assert.True(IsOf(l, run), $"{l}"));

        var failed = Assert.Single(node, l => Text(l).Contains("rank failed", StringComparison.Ordinal));
        Assert.True(IsOf(failed, run), $"{failed}");
        Assert.Equal((0, "Warning"), (failed["rank"]!.GetValue<int>(), failed["@l"]!.GetValue<string>()));
        Assert.True(failed["epoch"]!.GetValue<int>() > 0 && failed["batch"]!.GetValue<string>() is "0-1" or "2-3", $"{failed}");
        var restarted = Assert.Single(node, l => Text(l).Contains("batch restarted", StringComparison.Ordinal));
        Assert.True(restarted["epoch"]!.GetValue<int>() > failed["epoch"]!.GetValue<int>(), $"{restarted}");
        var committed = node.Where(l => Text(l).Contains("session committed", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(committed);
        Assert.All(committed, l => Assert.True(IsOf(l, run) && l["batch"] is not null && l["epoch"] is not null, $"{l}"));
        Assert.All(committed, l => Assert.StartsWith("node-1-", l["node"]!.GetValue<string>(), StringComparison.Ordinal));
    }

    private static List<JsonNode> Read(CairnProcess process)
    {
        var lines = process.Lines.Select(line => JsonNode.Parse(line)!).ToList();
        Assert.All(lines, l => Assert.True(
            DateTimeOffset.TryParse(l["@t"]?.GetValue<string>(), CultureInfo.InvariantCulture, out _) && Text(l).Length > 0, $"{l}"));
        return lines;
    }

    private static string Text(JsonNode line) => line["@m"]!.GetValue<string>();

    private static bool IsOf(JsonNode line, string run) => line["run"]?.GetValue<string>() == run;
}
