namespace Cairn.Engine.Tests.Rollouts;

/// <summary>The real file system, fast: fsync is counted but not done. It may be told to be full: then every call that needs room fails
/// with ENOSPC, from a given one on.</summary>
internal sealed class UnsyncedFiles : IDurableFiles
{
    private readonly PosixFiles _inner = new();
    private int _calls;
    private int _fullFrom = int.MaxValue;
    private int _fullUntil = int.MaxValue;

    /// <summary>Calls so far that need room or make something durable.</summary>
    public int Calls => _calls;

    /// <summary>Is told of every such call before it is made: the name of the call and the path.</summary>
    public Action<string, string> Before { get; set; } = (_, _) => { };

    /// <summary>Is told of every file that is opened for reading, from several threads.</summary>
    public Action<string> Reading { get; set; } = _ => { };

    /// <summary>Lets <paramref name="calls"/> more of them happen and fails the <paramref name="failures"/> after.</summary>
    public void FillAfter(int calls, int failures = int.MaxValue) =>
        (_fullFrom, _fullUntil) = (_calls + calls, failures == int.MaxValue ? int.MaxValue : _calls + calls + failures);

    public void Heal() => _fullFrom = int.MaxValue;

    public IDurableFile Create(string path)
    {
        Take("open", path);
        return new UnsyncedFile(this, _inner.Create(path), path);
    }

    public Stream OpenRead(string path)
    {
        Reading(path);
        return _inner.OpenRead(path);
    }

    public long? LengthOf(string path) => _inner.LengthOf(path);

    public bool CreateDirectory(string path)
    {
        Take("mkdir", path);
        return _inner.CreateDirectory(path);
    }

    public void SyncFile(string path) => Take("fsync", path);
    public void SyncDirectory(string path) => Take("fsync", path);

    public void Rename(string from, string to)
    {
        Take("rename", to);
        _inner.Rename(from, to);
    }

    public void Link(string existing, string name)
    {
        Take("link", name);
        _inner.Link(existing, name);
    }

    public void DeleteFile(string path)
    {
        // Told, but not counted: it needs no room.
        Before("unlink", path);
        _inner.DeleteFile(path);
    }

    public void DeleteDirectory(string path) => _inner.DeleteDirectory(path);
    public bool FileExists(string path) => _inner.FileExists(path);
    public bool DirectoryExists(string path) => _inner.DirectoryExists(path);
    public IReadOnlyList<DirectoryEntry> List(string path) => _inner.List(path);

    private void Take(string call, string path)
    {
        Before(call, path);
        var number = Interlocked.Increment(ref _calls);
        if (number > _fullFrom && number <= _fullUntil)
            throw new DurableIOException(call, path, 28, "No space left on device");
    }

    private sealed class UnsyncedFile(UnsyncedFiles files, IDurableFile inner, string path) : IDurableFile
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
            files.Take("write", path);
            inner.Write(bytes);
        }

        public void Sync() => files.Take("fsync", path);
        public void Close() => inner.Close();
        public void Dispose() => inner.Dispose();
    }
}
