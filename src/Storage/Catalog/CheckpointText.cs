using System.Text.RegularExpressions;
using Cairn.Storage.Words;

namespace Cairn.Storage.Catalog;

/// <summary>A catalog's listing, laid out as the original prints it.</summary>
internal static partial class CheckpointText
{
    /// <summary>Writes the listing, without an end of line after its last line, and without building its whole text. If lines would be
    /// longer than a width, times are shortened to seconds and numbers in a row to the first and the last.</summary>
    public static void Write(Checkpoint checkpoint, IReadOnlyList<CheckpointRow> rows, TextWriter output, int? width = null)
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

        WriteTable(rows, output, width);
    }

    /// <summary>Cells are made twice, for the widths and for the text, rather than kept for every row.</summary>
    private static void WriteTable(IReadOnlyList<CheckpointRow> rows, TextWriter output, int? width)
    {
        var labels = Names(rows.SelectMany(r => r.Labels.Keys));
        var metadata = Names(rows.SelectMany(r => r.Metadata.Keys));
        List<string> header = ["id", .. labels, .. metadata, "write_count", "saved_at"];
        var lines = rows.Select((row, index) => Cells(row, index, labels, metadata)).Prepend(header);
        var widths = Widths(lines);
        if (widths.Sum(w => w + 2) - 2 > width)
        {
            lines = lines.Select(line => line.ConvertAll(Shorter));
            widths = Widths(lines);
        }

        foreach (var line in lines)
        {
            output.Write('\n');
            output.Write(string.Join("  ", line.Select((cell, column) => cell + new string(' ', widths[column] - Width(cell)))));
        }
    }

    private static int[] Widths(IEnumerable<List<string>> lines)
    {
        int[] widths = [];
        foreach (var line in lines)
        {
            widths = widths.Length == 0 ? new int[line.Count] : widths;
            for (var column = 0; column < widths.Length; column++)
                widths[column] = Math.Max(widths[column], Width(line[column]));
        }

        return widths;
    }

    /// <summary>Times to the second, and numbers in a row by the first and the last.</summary>
    private static string Shorter(string cell)
    {
        if (!Numbers().IsMatch(cell))
            return ShortTime.Of(cell);

        var numbers = cell[1..^1].Split(", ");
        var (first, last) = (long.Parse(numbers[0], CultureInfo.InvariantCulture), long.Parse(numbers[^1], CultureInfo.InvariantCulture));
        return last - first == numbers.Length - 1 && numbers.Select((n, i) => n == $"{first + i}").All(inRow => inRow)
            ? string.Create(CultureInfo.InvariantCulture, $"[{first}..{last}]")
            : cell;
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
        [.. names.Distinct().Order(Comparer<string>.Create(PythonJson.CompareKeys))];

    private static string Display(string name, object? value) => value switch
    {
        null => "",
        NumpyTimeDelta64 delta => PythonText.Display(delta),
        _ => PythonText.Str(RowJson.AsReadBack(value, name)),
    };

    [GeneratedRegex("^\\[[0-9]{1,9}(, [0-9]{1,9}){2,}\\]$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    /// <summary>Python counts characters where C# counts UTF-16 units.</summary>
    private static int Width(string cell) => Ascii.IsValid(cell) ? cell.Length : cell.EnumerateRunes().Count();
}
