using System.Globalization;
using System.Text;
using Cairn.Storage.State;

namespace Cairn.Storage.Catalog;

/// <summary>A catalog's listing, laid out as the original prints it.</summary>
internal static class CheckpointText
{
    /// <summary>Writes the listing, without a line's end after its last line, and without making its whole text.</summary>
    public static void Write(Checkpoint checkpoint, IReadOnlyList<CheckpointRow> rows, TextWriter output)
    {
        output.Write($"Checkpoint(\"{checkpoint.Name}\")\npath: {checkpoint.Path}\n");
        output.Write($"mode: {(checkpoint.Options.Mode == CheckpointMode.Append ? "append" : "overwrite")}\n");
        output.Write(string.Create(CultureInfo.InvariantCulture, $"level: {checkpoint.Options.Level}\n"));
        output.Write(string.Create(CultureInfo.InvariantCulture, $"rank: {checkpoint.Rank}/{checkpoint.WorldSize}\n"));
        if (rows.Count == 0)
        {
            output.Write("catalog: empty");
            return;
        }

        WriteTable(rows, output);
    }

    /// <summary>Cells are made twice, for the widths and for the text, rather than kept for every row.</summary>
    private static void WriteTable(IReadOnlyList<CheckpointRow> rows, TextWriter output)
    {
        var labels = Names(rows.SelectMany(r => r.Labels.Keys));
        var metadata = Names(rows.SelectMany(r => r.Metadata.Keys));
        List<string> header = ["id", .. labels, .. metadata, "write_count", "saved_at"];
        var lines = rows.Select((row, index) => Cells(row, index, labels, metadata)).Prepend(header);
        var widths = new int[header.Count];
        foreach (var line in lines)
        {
            for (var column = 0; column < widths.Length; column++)
            {
                widths[column] = Math.Max(widths[column], Width(line[column]));
            }
        }

        foreach (var line in lines)
        {
            output.Write('\n');
            output.Write(string.Join("  ", line.Select((cell, column) => cell + new string(' ', widths[column] - Width(cell)))));
        }
    }

    private static List<string> Cells(CheckpointRow row, int index, List<string> labels, List<string> metadata) =>
    [
        index.ToString(CultureInfo.InvariantCulture),
        .. labels.Select(name => Display(name, row.Labels.GetValueOrDefault(name))),
        .. metadata.Select(name => Display(name, row.Metadata.GetValueOrDefault(name))),
        row.WriteCount.ToString(CultureInfo.InvariantCulture),
        row.SavedAt,
    ];

    private static List<string> Names(IEnumerable<string> names) =>
        [.. names.Distinct(StringComparer.Ordinal).Order(Comparer<string>.Create(PythonJson.CompareKeys))];

    private static string Display(string name, object? value) => value switch
    {
        null => "",
        NumpyTimeDelta64 delta => PythonText.Display(delta),
        _ => PythonText.Str(RowJson.AsReadBack(value, name)),
    };

    /// <summary>Python counts characters where C# counts UTF-16 units.</summary>
    private static int Width(string cell) => Ascii.IsValid(cell) ? cell.Length : cell.EnumerateRunes().Count();
}
