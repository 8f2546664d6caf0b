using Cairn.Storage.Durable;

namespace Cairn.Storage.Chm;

/// <summary>What attempts left that never became a checkpoint, and what a later writing of the same time has replaced.</summary>
/// <param name="files">The file system.</param>
/// <param name="folder">The full path of the folder of the checkpoints.</param>
internal sealed class ChmLeftovers(IDurableFiles files, string folder)
{
    /// <summary>
    /// Folders of times that no JSON in the folder names, and unfinished JSONs. None if one of the JSONs cannot be read, since
    /// it is then unknown what it names.
    /// </summary>
    public IReadOnlyList<string> Find()
    {
        var entries = files.List(folder);
        return Named(entries) is not { } named ? [] :
        [
            .. entries.Where(e => e.IsDirectory ? ChmNames.IsTimeFolder(e.Name) && !named.Contains(e.Name)
                    : e.IsFile && e.Name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal))
                .Select(e => e.Name),
        ];
    }

    /// <summary>Deletes some of <see cref="Find"/>.</summary>
    public void Delete(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            _ = DurableTree.DeleteTree(files, Path.Combine(folder, name));
        }
    }

    private HashSet<string>? Named(IReadOnlyList<DirectoryEntry> entries)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var json in entries.Where(e => e.IsFile && e.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            try
            {
                var manifest = ChmCheckpoint.Open(Path.Combine(folder, json.Name), files).Manifest;
                named.UnionWith(manifest.Files.Select(file => file.Split('/')[0]));
            }
            catch (DataException)
            {
                // What it names may be all that somebody could still save by hand.
                return null;
            }
        }

        return named;
    }
}
