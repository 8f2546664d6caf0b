using Cairn.Storage.Sessions;
using Cairn.Storage.Words;

namespace Cairn.Storage.Catalog;

/// <summary>Writes a catalog as Earth2Studio would have written it. Everything is staged beside the destination and renamed there
/// last.</summary>
internal sealed class CatalogExport
{
    /// <summary>The keys of a manifest that the original does not write.</summary>
    private static readonly string[] OwnKeys =
        ["epoch", "sequence", "parent", "files", "fingerprint", "spec_digest", ShardJson.Key, "manifest_crc32c"];

    private readonly IDurableFiles _files;
    private readonly string _staging;

    private CatalogExport(IDurableFiles files, string staging)
    {
        _files = files;
        _staging = staging;
    }

    public static IReadOnlyList<CheckpointRow> Run(string path, string destination, int? row, IDurableFiles files)
    {
        var chosen = Choose(path, row, files);
        foreach (var manifest in chosen)
            new CommitReader(files, manifest).Verify();

        var target = Path.GetFullPath(destination).TrimEnd('/');
        RequireFree(files, target);
        var parent = Path.GetDirectoryName(target) ?? throw new SpecException($"{destination} cannot become a catalog.");
        _ = DurableTree.CreateDirectories(files, parent);
        var id = System.Security.Cryptography.RandomNumberGenerator.GetHexString(12, lowercase: true);
        var export = new CatalogExport(files, Path.Combine(parent, $".tmp_export_{id}"));
        export.Write(chosen, target);
        // All of them: an earlier attempt may have made some and died before its fsync.
        Ancestors.Sync(files, target);
        return [.. chosen.Select(m => m.Row)];
    }

    private static void RequireFree(IDurableFiles files, string target)
    {
        if (files.FileExists(target) || files.List(target).Count > 0)
            throw new SpecException(
                $"{target} exists already and is not empty. Name a folder that does not exist yet; nothing was written.");
    }

    private static List<Manifest> Choose(string path, int? row, IDurableFiles files)
    {
        var root = Path.GetFullPath(path).TrimEnd('/');
        var folder = CatalogInspection.Folders(path, files).FirstOrDefault(f => f.Root == root)
            ?? throw new SpecException($"{path} is not one catalog. Export the catalogs of its ranks one by one.");

        if (SessionFolder.HasRanks(files, root) && SessionCatalog.Read(root, files).Sessions is [.., { WorldSize: > 1 } newest])
            throw new SpecException(
                $"The newest session of {path}, {newest.Id}, is of {newest.WorldSize} ranks. Export the catalogs of its ranks one by one.");

        var rows = folder.Read(reuse: false).Rows.ToList();
        if (rows.Count == 0)
            throw new DataException($"{path} has no valid session; there is nothing to export.");

        if (row is not { } index)
            return rows;

        var at = index < 0 ? rows.Count + index : index;
        return at >= 0 && at < rows.Count
            ? [rows[at]]
            : throw new SpecException($"The catalog {path} has {Count.Of(rows.Count, "row")}; there is no row {index}.");
    }

    private void Write(List<Manifest> chosen, string target)
    {
        var renamed = false;
        try
        {
            _ = _files.CreateDirectory(_staging);
            foreach (var manifest in chosen)
                CopyCommit(manifest);

            CatalogIndex.Write(_files, _staging, chosen, "export");
            DurableTree.SyncTree(_files, _staging);
            // An empty directory gives way to a rename; one that was filled meanwhile does not.
            _files.Rename(_staging, target);
            renamed = true;
        }
        finally
        {
            if (!renamed)
                _ = DurableTree.DeleteTree(_files, _staging);
        }
    }

    private void CopyCommit(Manifest manifest)
    {
        var from = manifest.Row.Directory;
        var to = Path.Combine(_staging, "commits", manifest.Row.CommitId);
        _ = DurableTree.CreateDirectories(_files, to);
        foreach (var relative in Relatives(from, ""))
        {
            if (relative != "manifest.json")
                CopyFile(manifest, relative, ContainedPath.Join(to, relative));
        }

        var path = Path.Combine(from, "manifest.json");
        var map = BoundedFile.ReadObject(_files, path);
        foreach (var key in OwnKeys)
            map.Remove(key);

        BoundedFile.Write(_files, Path.Combine(to, "manifest.json"), PythonJson.Write(map, path));
    }

    /// <summary>Files that the manifest does not list are not copied; the original's commits have no list.</summary>
    private IEnumerable<string> Relatives(string root, string below)
    {
        foreach (var entry in _files.List(Path.Combine(root, below)))
        {
            var relative = below.Length == 0 ? entry.Name : $"{below}/{entry.Name}";
            if (entry.IsDirectory)
            {
                foreach (var deeper in Relatives(root, relative))
                    yield return deeper;
            }
            else if (entry.IsFile)
            {
                yield return relative;
            }
        }
    }

    private void CopyFile(Manifest manifest, string relative, string to)
    {
        if (manifest.Files?.All(f => f.Path != relative) ?? false)
            return;

        _ = DurableTree.CreateDirectories(_files, Path.GetDirectoryName(to)!);
        var full = ContainedPath.ResolveFile(_files, manifest.Row.Directory, relative);
        using var source = new DigestStream(BoundedFile.Open(_files, full), full);
        using var file = _files.Create(to);
        var piece = new byte[1 << 20];
        for (int read; (read = source.Read(piece)) > 0;)
            file.Write(piece.AsSpan(0, read));

        CommitFiles.Check(manifest, full, relative, source.Length, source.Crc);
        file.Sync();
        file.Close();
    }
}
