using System.Text.Json.Nodes;
using System.Xml;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>Reads off a run's journal whether the promise was kept.</summary>
internal static class ClusterPromise
{
    /// <summary>
    /// No gang began from before the newest session that had been reported by then, unless a session was given up as suspect; and the
    /// epochs of a batch only grow.
    /// </summary>
    public static void AssertKept(IReadOnlyList<JsonNode> events)
    {
        foreach (var batch in events.Where(e => e["first"] is not null).GroupBy(e => e["first"]!.GetValue<int>()))
        {
            var (newest, epoch) = (TimeSpan.FromTicks(-1), 0);
            foreach (var e in batch)
            {
                var (kind, detail) = (e["kind"]!.GetValue<string>(), e["detail"]!);
                switch (kind)
                {
                    case "session committed":
                        newest = LeadTime(detail) is var reached && reached > newest ? reached : newest;
                        break;
                    case "restart planned" when detail["reason"]!.GetValue<string>().Contains("further back", StringComparison.Ordinal):
                        newest = TimeSpan.FromTicks(-1);
                        break;
                    case "batch started" or "batch restarted":
                        var from = detail["boundary"]!.GetValue<int>() < 0 ? TimeSpan.FromTicks(-1) : LeadTime(detail);
                        Assert.True(from >= newest, $"event {e["number"]}: {newest} was reported, the restart was from {from}");
                        var next = detail["epoch"]!.GetValue<int>();
                        Assert.True(next > epoch, $"event {e["number"]}: epoch {next} after {epoch}");
                        epoch = next;
                        break;
                }
            }
        }
    }

    private static TimeSpan LeadTime(JsonNode detail) => XmlConvert.ToTimeSpan(detail["lead_time"]!.GetValue<string>());
}
