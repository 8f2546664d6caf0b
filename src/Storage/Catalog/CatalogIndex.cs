using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary><c>catalog.json</c>: an index for readers and for Earth2Studio, always rebuilt from what is on disk.</summary>
internal static class CatalogIndex
{
    public const string FileName = "catalog.json";

    /// <summary>Replaces the index in one rename. Its directory is left to be synced by the caller.</summary>
    public static void Write(IDurableFiles files, string root, IEnumerable<Manifest> rows, string id) =>
        files.Rename(Draft(files, root, rows, id), Path.Combine(root, FileName));

    /// <summary>Replaces the index, but never with the list of a process that a newer epoch has superseded, wherever that is stopped: it
    /// checks for newer epochs between draft and rename, and the holder of a newer one removes older drafts before writing its
    /// own.</summary>
    /// <exception cref="FencedException">A newer epoch has started.</exception>
    public static void Write(IDurableFiles files, string root, IEnumerable<Manifest> rows, string id, EpochStore epochs, int epoch)
    {
        epochs.RequireNewest(epoch);
        foreach (var draft in StagingSweep.Drafts(files, root, epoch))
            _ = DurableTree.DeleteTree(files, draft);

        var written = Draft(files, root, rows, string.Create(CultureInfo.InvariantCulture, $"{id}_e{epoch}"));
        try
        {
            epochs.RequireNewest(epoch);
        }
        catch (FencedException)
        {
            _ = DurableTree.DeleteTree(files, written);
            throw;
        }

        files.Rename(written, Path.Combine(root, FileName));
    }

    private static string Draft(IDurableFiles files, string root, IEnumerable<Manifest> rows, string id)
    {
        var index = new JObject { ["version"] = Manifest.Version, ["entries"] = new JArray(rows.Select(Entry)) };
        var draft = Path.Combine(root, $".{FileName}.{id}.tmp");
        BoundedFile.Write(files, draft, PythonJson.Write(index, Path.Combine(root, FileName)));
        return draft;
    }

    /// <summary>The commits that the index names, or none when it is lost or garbled.</summary>
    public static IReadOnlyList<string> CommitIds(IDurableFiles files, string root)
    {
        try
        {
            return BoundedFile.ReadObject(files, Path.Combine(root, FileName))["entries"] is JArray entries
                ? [.. entries.OfType<JObject>().Select(e => e["commit_id"]).OfType<JValue>().Select(v => v.Value).OfType<string>()]
                : [];
        }
        catch (DataException)
        {
            // Nothing is lost with it: commits/ holds the rows, and the next commit writes a new index.
            return [];
        }
    }

    /// <summary>A value that rows have no form for is left to the manifest. Cairn refuses to write one; the original notices too late, with
    /// its commit already in place, and one such commit must not cost the catalog its index.</summary>
    private static JObject Entry(Manifest manifest)
    {
        var row = manifest.Row;
        var metadata = new JObject();
        foreach (var (name, value) in row.Metadata)
        {
            if (RowJson.Holds(value))
                metadata[name] = RowJson.Encode(value, name);
        }

        return new JObject
        {
            ["commit_id"] = row.CommitId,
            ["labels"] = manifest.Labels.DeepClone(),
            ["metadata"] = metadata,
            ["metadata_keys"] = new JArray(row.MetadataKeys),
            ["write_count"] = row.WriteCount,
            ["saved_at"] = row.SavedAt,
            ["rank"] = row.Rank,
            ["world_size"] = row.WorldSize,
            ["state_ids"] = new JArray(row.StateIds),
        };
    }
}

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

    /// <summary>A rename cut short by a crash may leave a commit under both of its names; then its staging name is not to be swept,
    /// wherever the commit has moved to since.</summary>
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
