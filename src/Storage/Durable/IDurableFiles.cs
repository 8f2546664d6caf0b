namespace Cairn.Storage.Durable;

/// <summary>The file system as the commit protocol sees it: one method per system call, so that what is durable, and in which order, is
/// decided by the caller and can be recorded, failed or cut short by a test.</summary>
/// <remarks>Every method throws <see cref="DurableIOException"/> (a <see cref="TransientException"/>) with the call, the path and errno
/// when the system call fails. Nothing is retried here.</remarks>
public interface IDurableFiles
{
    /// <summary>Creates a new file for writing (<c>O_CREAT|O_EXCL|O_WRONLY</c>); fails if the name is taken.</summary>
    IDurableFile Create(string path);

    /// <summary>Opens a regular file for reading, without following a symbolic link in the last component.</summary>
    Stream OpenRead(string path);

    /// <summary>Creates one directory; its parent must exist. Returns false when it was already there.</summary>
    bool CreateDirectory(string path);

    /// <summary>fsync of a file that something else has written and closed.</summary>
    void SyncFile(string path);

    /// <summary>fsync of a directory: makes its entries durable.</summary>
    void SyncDirectory(string path);

    /// <summary>fsync of files that are being written, and of directories, in any order or at one time: nothing but the return says that
    /// any of them is durable.</summary>
    void SyncAll(IReadOnlyList<IDurableFile> files, IReadOnlyList<string> directories)
    {
        foreach (var file in files)
            file.Sync();

        foreach (var directory in directories)
            SyncDirectory(directory);
    }

    /// <summary>rename(2): replaces <paramref name="to"/> if it is a file, fails if it is a directory that is not empty.</summary>
    void Rename(string from, string to);

    /// <summary>link(2): gives a file a second name; fails if the name is taken.</summary>
    void Link(string existing, string name);

    /// <summary>unlink(2).</summary>
    void DeleteFile(string path);

    /// <summary>rmdir(2).</summary>
    void DeleteDirectory(string path);

    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>The length of a regular file; null if there is none, as <see cref="FileExists"/> says.</summary>
    long? LengthOf(string path)
    {
        if (!FileExists(path))
            return null;

        using var file = OpenRead(path);
        return file.Length;
    }

    /// <summary>Entries of a directory, names only, in ordinal order; empty when the directory does not exist.</summary>
    IReadOnlyList<DirectoryEntry> List(string path);

    /// <summary>Takes, without waiting, a lock that is released at the latest with this process, on a file that is created if there is none
    /// and that names the holder. Null if the file system has no locks.</summary>
    /// <exception cref="FencedException">Another process holds it; the message names host and process.</exception>
    IDisposable? Lock(string path, TimeProvider time) => null;
}

/// <summary>One name in a directory. A symbolic link is neither file nor directory.</summary>
public readonly record struct DirectoryEntry(string Name, bool IsDirectory, bool IsFile);

/// <summary>A file being written, front to back.</summary>
public interface IDurableFile : IDisposable
{
    /// <summary>Writes all of <paramref name="bytes"/> at the end of what was written so far.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>fsync(2). After a failure the file must be abandoned: the kernel may have dropped its dirty pages.</summary>
    void Sync();

    /// <summary>close(2), reporting its error. <see cref="IDisposable.Dispose"/> closes without reporting, for use on error
    /// paths.</summary>
    void Close();
}

/// <summary>Durable files without the durability (<c>durability = none</c>): every fsync is skipped. What is written survives the death of
/// a process, not of the machine.</summary>
public sealed class NoSyncFiles(IDurableFiles inner) : IDurableFiles
{
    private readonly IDurableFiles _inner = inner;

    public IDurableFile Create(string path) => new NoSyncFile(_inner.Create(path));
    public Stream OpenRead(string path) => _inner.OpenRead(path);
    public bool CreateDirectory(string path) => _inner.CreateDirectory(path);

    /// <summary>Does nothing.</summary>
    public void SyncFile(string path) { }

    /// <summary>Does nothing.</summary>
    public void SyncDirectory(string path) { }
    public void Rename(string from, string to) => _inner.Rename(from, to);
    public void Link(string existing, string name) => _inner.Link(existing, name);
    public void DeleteFile(string path) => _inner.DeleteFile(path);
    public void DeleteDirectory(string path) => _inner.DeleteDirectory(path);
    public bool FileExists(string path) => _inner.FileExists(path);
    public long? LengthOf(string path) => _inner.LengthOf(path);
    public bool DirectoryExists(string path) => _inner.DirectoryExists(path);
    public IReadOnlyList<DirectoryEntry> List(string path) => _inner.List(path);
    public IDisposable? Lock(string path, TimeProvider time) => _inner.Lock(path, time);

    private sealed class NoSyncFile(IDurableFile inner) : IDurableFile
    {
        public void Write(ReadOnlySpan<byte> bytes) => inner.Write(bytes);
        public void Sync() { }
        public void Close() => inner.Close();
        public void Dispose() => inner.Dispose();
    }
}
