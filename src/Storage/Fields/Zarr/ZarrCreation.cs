using System.Text.Json.Nodes;
using Cairn.Storage.Catalog;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>Makes or grows a store: every file appears whole, coordinates first, the consolidated metadata last. Cut short anywhere, it is
/// simply done again; two processes that do it at once write the same bytes.</summary>
internal sealed class ZarrCreation(IDurableFiles files, string path, FieldLayout layout)
{
    private readonly ZarrFormat _format = ZarrFormat.Of(layout);

    /// <summary>Refuses a directory that holds anything but the beginnings of this store.</summary>
    internal void RequireOwn()
    {
        HashSet<string> own =
        [
            .. FieldDescription.Reserved(layout.GridNames), .. layout.Variables.Select(v => v.Name), .. _format.OtherNames,
        ];
        var foreign = files.List(path)
            .Where(entry => !own.Contains(entry.Name) && !entry.Name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal))
            .Select(entry => entry.Name)
            .ToList();
        if (foreign.Count > 0)
            throw new SpecException(
                $"{path} already holds something else ({string.Join(", ", foreign.Take(5))}). Expected a field store of this run, or " +
                "no such directory; choose another output path.");
    }

    internal void Write()
    {
        var documents = new ZarrMetadata(layout).Together();
        KeepCommitted(documents);
        var metadata = _format.Files(documents).ToList();
        _ = DurableTree.CreateDirectories(files, path);
        var folders = metadata
            .Select(file => Path.GetDirectoryName(file.Path)!)
            .Where(folder => folder.Length > 0)
            .Distinct()
            .Order(StringComparer.Ordinal);
        foreach (var folder in folders)
            files.CreateDirectory(Path.Combine(path, folder));

        foreach (var (name, bytes) in ZarrCoordinates.Chunks(layout))
            AtomicFile.Replace(files, Path.Combine(path, name), bytes);

        if (layout.LaterTimes.Count > 0)
            CommittedLeadTimes.Widen(files, path, _format);

        foreach (var (name, document) in metadata)
            AtomicFile.Replace(files, Path.Combine(path, name), ZarrMetadata.Bytes(document));

        foreach (var folder in folders)
            files.SyncDirectory(Path.Combine(path, folder));

        // What the consolidated metadata promises, the folders' own names included, is durable before it appears.
        files.SyncDirectory(path);
        // An earlier process may have made the store's folder and died before its fsync.
        Ancestors.Sync(files, path);
        AtomicFile.Replace(files, Path.Combine(path, _format.StoreName), ZarrMetadata.Bytes(_format.Whole(documents)));
        files.SyncDirectory(path);
    }

    /// <summary>A growing store keeps its derived attributes, and stays the run's that it is.</summary>
    private void KeepCommitted(JsonObject documents)
    {
        if (!files.FileExists(Path.Combine(path, _format.StoreName))
            || _format.Read(files, path)[ZarrMetadata.RootAttributes] is not JsonObject before)
        {
            return;
        }

        var attributes = documents[ZarrMetadata.RootAttributes]!.AsObject();
        if (layout.Run is null && before[ZarrMetadata.Run] is { } run)
            attributes[ZarrMetadata.Run] = run.DeepClone();

        attributes[FieldDescription.Committed] = ByMember(before, FieldDescription.Committed);
        if (before.ContainsKey(ZarrMetadata.Draws))
            attributes[ZarrMetadata.Draws] = ByMember(before, ZarrMetadata.Draws);
    }

    private string ByMember(JsonObject before, string name)
    {
        var said = ZarrMetadata.ByMember(before, name);
        return ZarrMetadata.Text(layout.LaterTimes.Count > 0 ? CommittedLeadTimes.Widened(said) : said);
    }
}
