using Cairn.Actors.Cluster;
using Cairn.Actors.Ranks;

namespace Cairn.Actors.Tests.Ranks;

/// <summary>What a process of ranks measured is measured again by its node.</summary>
public sealed class RankMeasuresTests
{
    [Fact]
    public void Every_value_of_a_histogram_and_the_sum_of_a_counter_come_to_the_node()
    {
        using var collector = new MeasurementCollector();
        // As a process of ranks would have measured it; what else this process measures meanwhile is left aside.
        MeasurementRelay.Measure(new RankMeasured([new("cairn.step.duration", "model", "of-this-test", [0.25, 0.5])]));
        MeasurementRelay.Measure(new RankMeasured(
            [new("cairn.step.duration", "model", "of-this-test", [1]), new("cairn.commit.bytes", null, null, [1e15, 2e15])]));
        var table = CairnMessages.Table;
        var measured = collector.Take().Select(m => (RankMeasured)table.Read(table.ManifestOf(m).ToString(), table.Write(m)))
            .SelectMany(m => m.Series).ToList();

        Assert.Equal([0.25, 0.5, 1], measured.Single(s => s is { Instrument: "cairn.step.duration", Value: "of-this-test" }).Values);
        Assert.True(Assert.Single(measured.Single(s => s.Instrument == "cairn.commit.bytes").Values) >= 3e15);
        Assert.DoesNotContain(collector.Take().SelectMany(m => m.Series), s => s.Value == "of-this-test");
    }

    [Fact]
    public void What_a_busy_process_measured_comes_in_several_messages_that_a_connection_carries()
    {
        using var collector = new MeasurementCollector();
        MeasurementRelay.Measure(new RankMeasured([new("cairn.step.duration", "model", "of-a-busy-one", new double[120_000])]));
        var parts = collector.Take().Where(m => m.Series[0].Value == "of-a-busy-one").ToList();
        Assert.Equal([50_000, 50_000, 20_000], parts.Select(m => m.Series[0].Values.Count));
        Assert.All(parts, m => Assert.True(CairnMessages.Table.Write(m).Length < MessageTable.MaxBytes));
    }

    [Fact]
    public void What_nobody_knows_is_passed_over_and_every_instrument_of_ranks_is_known()
    {
        MeasurementRelay.Measure(new RankMeasured([new("cairn.of.another.version", "model", "x", [1])]));
        Assert.Contains("cairn.stall.duration", MeasurementRelay.Known.Keys);
        using var collector = new MeasurementCollector();
        Assert.True(MeasurementRelay.HasListeners);
    }
}
