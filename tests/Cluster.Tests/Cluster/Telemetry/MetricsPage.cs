using System.Text.RegularExpressions;
using Cairn.Api.Tests;

namespace Cairn.Cluster.Tests.Cluster.Telemetry;

/// <summary>What is written of metrics, in the documentation and in what asks for them.</summary>
internal static partial class MetricsPage
{
    /// <summary>The names of samples in expressions.</summary>
    public static IEnumerable<string> NamesIn(string text) => Name().Matches(text).Select(m => m.Value).Distinct();

    /// <summary>The rows of the tables, but for their units: name, type, labels, meaning.</summary>
    public static IReadOnlyList<string> Rows(string page) =>
    [
        .. from line in page.Split('\n')
           where line.StartsWith("| `cairn_", StringComparison.Ordinal)
           let cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries)
           select Row(cells[0].Trim('`'), cells[1], cells[2], cells[3].Replace("`", "", StringComparison.Ordinal), cells[4]),
    ];

    /// <summary>The row that a metric should have.</summary>
    public static string RowOf(MetricFamily metric)
    {
        var labels = metric.Samples.SelectMany(s => s.Labels.Keys).Where(name => name != "le").Distinct();
        var unit = metric.Name.Contains("_seconds", StringComparison.Ordinal) ? "s"
            : metric.Name.Contains("_bytes", StringComparison.Ordinal) ? "bytes" : "";
        return Row(metric.Name, metric.Type, unit, string.Join(", ", labels), metric.Help);
    }

    // Units that a name does not tell are words for people.
    private static string Row(string name, string type, string unit, string labels, string meaning) =>
        $"{name} | {type} | {(unit is "s" or "bytes" ? unit : "")} | {labels} | {meaning}";

    [GeneratedRegex(@"\b(cairn|dotnet)_[a-z0-9_]+(?![\w.-]*\.(yml|json))")]
    private static partial Regex Name();
}
