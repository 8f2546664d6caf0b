using System.Globalization;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Catalog;

/// <summary>Finds what dead processes left in one rank's folder.</summary>
internal static class StagingSweep
{
    private const string DraftEnd = ".tmp";

    /// <summary>Staging directories and drafts of the index, of this or an older epoch.</summary>
    public static List<string> Stale(IDurableFiles files, string root, int epoch) => [.. files.List(root)
        .Where(e => e.Name.StartsWith(".tmp_", StringComparison.Ordinal) && EpochOf(e.Name) <= epoch && !IsCommitted(files, root, e.Name))
        .Select(e => Path.Combine(root, e.Name))
        .Concat(Drafts(files, root, epoch))];

    /// <summary>Drafts of the index, of this or an older epoch.</summary>
    public static List<string> Drafts(IDurableFiles files, string root, int epoch) => [.. files.List(root)
        .Where(e => e.Name.StartsWith($".{CatalogIndex.FileName}.", StringComparison.Ordinal)
            && e.Name.EndsWith(DraftEnd, StringComparison.Ordinal) && EpochOf(e.Name[..^DraftEnd.Length]) <= epoch)
        .Select(e => Path.Combine(root, e.Name))];

    /// <summary>
    /// A rename cut short by a crash may leave a commit under both of its names; then its staging name is not to be swept, wherever the
    /// commit has moved to since.
    /// </summary>
    private static bool IsCommitted(IDurableFiles files, string root, string staging)
    {
        var mark = staging.LastIndexOf("_e", StringComparison.Ordinal);
        return mark > 5 && (files.DirectoryExists(Path.Combine(root, "commits", staging[5..mark]))
            || files.DirectoryExists(Path.Combine(root, "fallback", staging[5..mark])));
    }

    private static int EpochOf(string name)
    {
        var mark = name.LastIndexOf("_e", StringComparison.Ordinal);
        return mark >= 0 && int.TryParse(name.AsSpan(mark + 2), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0;
    }
}
