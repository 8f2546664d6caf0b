using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cairn.Storage.Ledger;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>Reads off a run's journal whether the promise was kept.</summary>
internal static partial class ClusterPromise
{
    /// <summary>
    /// No gang began from before the newest session that had been reported by then, unless a session was given up as suspect; and the
    /// epochs of a batch only grow.
    /// </summary>
    public static void AssertKept(IReadOnlyList<LedgerEvent> events)
    {
        foreach (var batch in events.Where(e => e.First >= 0).GroupBy(e => e.First))
        {
            var (newest, epoch) = (-1.0, 0);
            foreach (var e in batch)
            {
                var detail = JsonNode.Parse(e.Detail)!;
                switch (e.Kind)
                {
                    case "session committed":
                        newest = Math.Max(newest, detail["lead_time_s"]!.GetValue<double>() / 3600);
                        break;
                    case "restart planned" when detail["reason"]!.GetValue<string>().Contains("further back", StringComparison.Ordinal):
                        newest = -1;
                        break;
                    case "batch started" or "batch restarted":
                        var from = e.Kind == "batch started" ? -1 : Hours(detail["lead_time"]!.GetValue<string>());
                        Assert.True(from >= newest, $"event {e.Number}: {newest} h was reported, the restart was from {from} h");
                        Assert.True(detail["epoch"]!.GetValue<int>() > epoch, $"event {e.Number}: epoch {detail["epoch"]} after {epoch}");
                        epoch = detail["epoch"]!.GetValue<int>();
                        break;
                }
            }
        }
    }

    private static double Hours(string leadTime) =>
        double.Parse(HourPattern().Match(leadTime).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A([0-9.]+) h\z")]
    private static partial Regex HourPattern();
}
