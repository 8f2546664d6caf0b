using System.Text.Json.Nodes;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Fields;

/// <summary>
/// Makes or grows a store: every file appears whole, coordinates first, the consolidated metadata last. Cut short anywhere, it is simply
/// done again; two processes that do it at once write the same bytes.
/// </summary>
internal sealed class ZarrCreation(IDurableFiles files, string path, FieldLayout layout)
{
    /// <summary>Refuses a directory that holds anything but the beginnings of this store.</summary>
    internal void RequireOwn()
    {
        HashSet<string> own =
        [
            .. ZarrMetadata.Reserved(layout.GridNames), .. layout.Variables.Select(v => v.Name), ".zgroup", ZarrMetadata.RootAttributes,
        ];
        var foreign = files.List(path)
            .Where(entry => !own.Contains(entry.Name) && !entry.Name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal))
            .Select(entry => entry.Name)
            .ToList();
        if (foreign.Count > 0)
        {
            throw new SpecException(
                $"{path} already holds something else ({string.Join(", ", foreign.Take(5))}). Expected a field store of this run, or " +
                "no such directory; choose another output path.");
        }
    }

    internal void Write()
    {
        var metadata = new ZarrMetadata(layout);
        _ = DurableTree.CreateDirectories(files, path);
        var folders = metadata.Documents.Keys
            .Select(name => Path.GetDirectoryName(name)!)
            .Where(folder => folder.Length > 0)
            .Distinct()
            .Order(StringComparer.Ordinal);
        foreach (var folder in folders)
        {
            files.CreateDirectory(Path.Combine(path, folder));
        }

        foreach (var (name, bytes) in ZarrCoordinates.Chunks(layout))
        {
            AtomicFile.Replace(files, Path.Combine(path, name), bytes);
        }

        KeepCommitted(metadata);
        foreach (var (name, document) in metadata.Documents)
        {
            AtomicFile.Replace(files, Path.Combine(path, name), ZarrMetadata.Bytes(document));
        }

        foreach (var folder in folders)
        {
            files.SyncDirectory(Path.Combine(path, folder));
        }

        // What the consolidated metadata promises, the folders' own names included, is durable before it appears.
        files.SyncDirectory(path);
        // An earlier process may have made the store's folder and died before its fsync.
        Ancestors.Sync(files, path);
        AtomicFile.Replace(files, Path.Combine(path, ZarrMetadata.ConsolidatedName), ZarrMetadata.Bytes(metadata.Consolidated()));
        files.SyncDirectory(path);
    }

    /// <summary>A growing store keeps its derived attributes, and stays the run's that it is.</summary>
    private void KeepCommitted(ZarrMetadata metadata)
    {
        if (!files.FileExists(Path.Combine(path, ZarrMetadata.ConsolidatedName))
            || ZarrLayoutCheck.ReadConsolidated(files, path)[ZarrMetadata.RootAttributes] is not JsonObject before)
        {
            return;
        }

        var attributes = metadata.Documents[ZarrMetadata.RootAttributes];
        if (layout.Run is null && before[ZarrMetadata.Run] is { } run)
        {
            attributes[ZarrMetadata.Run] = run.DeepClone();
        }

        attributes[ZarrMetadata.Committed] = ZarrMetadata.Text(ZarrMetadata.ByMember(before, ZarrMetadata.Committed));
        if (before.ContainsKey(ZarrMetadata.Draws))
        {
            attributes[ZarrMetadata.Draws] = ZarrMetadata.Text(ZarrMetadata.ByMember(before, ZarrMetadata.Draws));
        }
    }
}
