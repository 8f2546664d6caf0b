using System.Globalization;
using Cairn.Storage.State;

namespace Cairn.Storage.Catalog;

/// <summary>A catalog's listing, laid out as the original prints it.</summary>
internal static class CheckpointText
{
    public static string Format(Checkpoint checkpoint, IReadOnlyList<CheckpointRow> rows)
    {
        List<string> lines =
        [
            $"Checkpoint(\"{checkpoint.Name}\")",
            $"path: {checkpoint.Path}",
            $"mode: {(checkpoint.Options.Mode == CheckpointMode.Append ? "append" : "overwrite")}",
            string.Create(CultureInfo.InvariantCulture, $"level: {checkpoint.Options.Level}"),
            string.Create(CultureInfo.InvariantCulture, $"rank: {checkpoint.Rank}/{checkpoint.WorldSize}"),
        ];
        return string.Join('\n', rows.Count == 0 ? [.. lines, "catalog: empty"] : [.. lines, "", .. Table(rows)]);
    }

    private static IEnumerable<string> Table(IReadOnlyList<CheckpointRow> rows)
    {
        var labels = Names(rows.SelectMany(r => r.Labels.Keys));
        var metadata = Names(rows.SelectMany(r => r.Metadata.Keys));
        List<List<string>> cells = [["id", .. labels, .. metadata, "write_count", "saved_at"]];
        cells.AddRange(rows.Select((row, index) => new List<string>(
        [
            index.ToString(CultureInfo.InvariantCulture),
            .. labels.Select(name => Display(row.Labels.GetValueOrDefault(name))),
            .. metadata.Select(name => Display(row.Metadata.GetValueOrDefault(name))),
            row.WriteCount.ToString(CultureInfo.InvariantCulture),
            row.SavedAt,
        ])));
        var widths = Enumerable.Range(0, cells[0].Count).Select(column => cells.Max(line => Width(line[column]))).ToList();
        return cells.Select(line => string.Join("  ", line.Select((cell, column) => cell + new string(' ', widths[column] - Width(cell)))));
    }

    private static List<string> Names(IEnumerable<string> names) =>
        [.. names.Distinct(StringComparer.Ordinal).Order(Comparer<string>.Create(PythonJson.CompareKeys))];

    private static string Display(object? value) => value switch
    {
        null => "",
        NumpyTimeDelta64 delta => PythonText.Display(delta),
        // Rows keep a tuple as a list.
        PayloadTuple tuple => PythonText.Str(tuple.Items.ToList()),
        _ => PythonText.Str(value),
    };

    /// <summary>Python counts characters where C# counts UTF-16 units.</summary>
    private static int Width(string cell) => cell.EnumerateRunes().Count();
}
