namespace Cairn.Storage.Durable;

/// <summary>
/// Durable files without the durability (<c>durability = none</c>): every fsync is skipped. What is written survives the death of a
/// process, not of the machine.
/// </summary>
public sealed class NoSyncFiles : IDurableFiles
{
    private readonly IDurableFiles _inner;

    public NoSyncFiles(IDurableFiles inner) => _inner = inner;

    /// <inheritdoc/>
    public IDurableFile Create(string path) => new NoSyncFile(_inner.Create(path));

    /// <inheritdoc/>
    public Stream OpenRead(string path) => _inner.OpenRead(path);

    /// <inheritdoc/>
    public bool CreateDirectory(string path) => _inner.CreateDirectory(path);

    /// <summary>Does nothing.</summary>
    public void SyncFile(string path)
    {
    }

    /// <summary>Does nothing.</summary>
    public void SyncDirectory(string path)
    {
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => _inner.Rename(from, to);

    /// <inheritdoc/>
    public void Link(string existing, string name) => _inner.Link(existing, name);

    /// <inheritdoc/>
    public void DeleteFile(string path) => _inner.DeleteFile(path);

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => _inner.DeleteDirectory(path);

    /// <inheritdoc/>
    public bool FileExists(string path) => _inner.FileExists(path);

    /// <inheritdoc/>
    public long? LengthOf(string path) => _inner.LengthOf(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => _inner.DirectoryExists(path);

    /// <inheritdoc/>
    public IReadOnlyList<DirectoryEntry> List(string path) => _inner.List(path);

    /// <inheritdoc/>
    public IDisposable? Lock(string path, TimeProvider time) => _inner.Lock(path, time);

    private sealed class NoSyncFile(IDurableFile inner) : IDurableFile
    {
        public void Write(ReadOnlySpan<byte> bytes) => inner.Write(bytes);

        public void Sync()
        {
        }

        public void Close() => inner.Close();

        public void Dispose() => inner.Dispose();
    }
}
