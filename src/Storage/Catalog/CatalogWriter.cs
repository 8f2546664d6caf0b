namespace Cairn.Storage.Catalog;

/// <summary>Ensures that a catalog without epochs has one writer: a lock, held from the first commit until the session ends, and a check
/// before each commit for rows that somebody else wrote meanwhile, who may be on a machine that the lock does not reach, or take
/// none.</summary>
internal sealed class CatalogWriter(IDurableFiles files, CatalogFolder folder, TimeProvider time)
{
    /// <summary>The lock's file, in the rank's folder. It stays, and names who held the lock last.</summary>
    public const string LockName = "writer.lock";

    private readonly Lock _lock = new();
    private readonly HashSet<object> _holders = [];
    private HashSet<string> _known = [];
    private IDisposable? _taken;
    private string? _before;

    private string LockPath => Path.Combine(folder.Root, LockName);

    /// <summary>Records what a session begins from: the commits that are in the catalog now.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _known = Names();
        }
    }

    /// <summary>Makes sure, before a commit, that no other process writes or has written.</summary>
    /// <exception cref="FencedException">Another process does or did.</exception>
    public void Require(object holder, string commit)
    {
        lock (_lock)
        {
            if (_taken is null)
            {
                _ = DurableTree.CreateDirectories(files, folder.Root);
                _before = RunLock.LastHolder(LockPath);
                _taken = files.Lock(LockPath, time) ?? NoLock.Instance;
            }

            _ = _holders.Add(holder);
            if (Names().Except(_known).FirstOrDefault() is { } foreign)
                throw new FencedException(
                    $"{folder.Root} has a second writer: the session {foreign} was written since this one was opened, by "
                    + $"{Writer() ?? "a process that leaves no name (such as Earth2Studio)"}. Give each process its own catalog, or its "
                    + "rank and the number of ranks; or end the other one and open the checkpoint again.");

            _ = _known.Add(commit);
        }
    }

    /// <summary>A session has ended.</summary>
    public void End(object holder)
    {
        lock (_lock)
        {
            if (_holders.Remove(holder) && _holders.Count == 0)
            {
                _taken?.Dispose();
                _taken = null;
            }
        }
    }

    /// <summary>The current writer, as far as its lock says; null if there is none.</summary>
    public static string? Holder(string root) => RunLock.Holder(Path.Combine(root, LockName));

    private string? Writer() => new[] { RunLock.LastHolder(LockPath), _before }
        .FirstOrDefault(name => name?.Contains(RunLock.ThisProcess, StringComparison.Ordinal) == false) ?? _before;

    private HashSet<string> Names() => files.List(folder.CommitsPath).Select(e => e.Name).ToHashSet();

    /// <summary>Where the file system has no locks, comparing names must do.</summary>
    private sealed class NoLock : IDisposable
    {
        public static readonly NoLock Instance = new();

        public void Dispose() { }
    }
}
