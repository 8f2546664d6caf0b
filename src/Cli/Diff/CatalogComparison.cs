using Cairn.Engine.Rollouts;
using Cairn.Storage.Catalog;

namespace Cairn.Cli.Diff;

/// <summary>
/// Compares the rows of two catalogs. Rows are matched by lead time and write count, not by name.
/// </summary>
internal sealed class CatalogComparison(Differences differences)
{
    private readonly SessionComparison _sessions = new(differences);

    /// <returns>How many rows were compared.</returns>
    public int Compare(string where, string a, string b)
    {
        var (inA, inB) = (ByPlace(a), ByPlace(b));
        var both = differences.Common(where, "session", inA.Select(r => r.Key), inB.Select(r => r.Key));
        var (rowsA, rowsB) = (inA.ToDictionary(StringComparer.Ordinal), inB.ToDictionary(StringComparer.Ordinal));
        foreach (var place in both)
            _sessions.Compare(where.Length == 0 ? place : $"{where}/{place}", rowsA[place], rowsB[place]);

        return both.Count;
    }

    private static List<KeyValuePair<string, CheckpointRow>> ByPlace(string path)
    {
        // The write counts of an ensemble repeat in each batch; its rows are counted from the oldest instead.
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. Checkpoint.ReadRows(path).Select(row =>
        {
            var leadTime = row.LeadTime is { } time ? $"lead time {LeadTimeText.Of(time)}, " : "";
            var place = $"[{leadTime}write count {row.WriteCount}]";
            var times = seen[place] = seen.GetValueOrDefault(place) + 1;
            return KeyValuePair.Create(times == 1 ? place : $"{place}[{times}]", row);
        })];
    }
}
