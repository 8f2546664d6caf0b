using System.Text;
using System.Text.RegularExpressions;
using Cairn.Storage.Words;

namespace Cairn.Cli.Tables;

/// <summary>
/// A plain-text table with aligned columns, for terminals, pipes and <c>awk</c>: two spaces between columns, no frames. If the
/// terminal is too narrow, times are shortened to seconds, then names of commits are cut, then optional columns are left out.
/// </summary>
internal sealed partial class TextTable(params string[] columns)
{
    private readonly List<string[]> _rows = [columns];

    /// <summary>Optional columns, in the order in which they are left out.</summary>
    public IReadOnlyList<string> Spare { get; init; } = [];

    /// <summary>Whether the last column holds sentences, which may be wrapped.</summary>
    public bool EndsInText { get; init; }

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString() => ToString(TerminalWidth.Now);

    /// <param name="width">Columns of a line; null for no limit.</param>
    public string ToString(int? width)
    {
        var rows = _rows;
        Func<string, string>[] shorten = [ShortTime.Of, cell => CommitName().Replace(cell, "$1$2_$3")];
        foreach (var shorter in shorten.TakeWhile(_ => !Fits(rows, width)))
            rows = [.. rows.Select(row => row.Select(shorter).ToArray())];

        foreach (var spare in Spare.TakeWhile(_ => !Fits(rows, width)))
        {
            var at = Array.IndexOf(rows[0], spare);
            rows = [.. rows.Select(row => row.Where((_, column) => column != at).ToArray())];
        }

        return Text(rows);
    }

    private bool Fits(List<string[]> rows, int? width)
    {
        var widths = Widths(rows);
        return width is null || (EndsInText ? widths.SkipLast(1).Append(rows[0][^1].Length) : widths).Sum(w => w + 2) - 2 <= width;
    }

    private static int[] Widths(List<string[]> rows) =>
        [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];

    private static string Text(List<string[]> rows)
    {
        var widths = Widths(rows);
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var line = string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])));
            text.Append(line.TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A short name of a commit or session: its number and the first digits of its id, which are unique in a catalog.</summary>
    [GeneratedRegex("\\b(commit_|session_)0*([0-9]+)_([0-9a-f]{4})[0-9a-f]{4,}", RegexOptions.CultureInvariant)]
    private static partial Regex CommitName();
}
