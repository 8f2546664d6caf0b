namespace Cairn.Storage.Durable;

/// <summary>
/// Resolves many paths below one directory as <see cref="ContainedPath.ResolveFile"/> does, looking at each directory once: a commit of
/// many members has many files in few directories. For one reading at a time; what changes on disk meanwhile is not seen.
/// </summary>
internal sealed class ContainedTree(IDurableFiles files, string root)
{
    private readonly Dictionary<string, IReadOnlyList<DirectoryEntry>> _listed = new(StringComparer.Ordinal);

    /// <inheritdoc cref="ContainedPath.ResolveFile"/>
    public string ResolveFile(string relative) => ContainedPath.Resolve(List, root, relative);

    private IReadOnlyList<DirectoryEntry> List(string directory)
    {
        if (!_listed.TryGetValue(directory, out var entries))
        {
            _listed[directory] = entries = files.List(directory);
        }

        return entries;
    }
}
