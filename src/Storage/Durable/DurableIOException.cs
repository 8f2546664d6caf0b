namespace Cairn.Storage.Durable;

/// <summary>A system call on the way to a durable file failed.</summary>
public sealed class DurableIOException : TransientException
{
    public DurableIOException(string call, string path, int errno, string reason)
        : base($"{call} failed on {path}: {reason} (errno {errno}).")
    {
        Call = call;
        Path = path;
        Errno = errno;
    }

    /// <summary>The system call: <c>open</c>, <c>write</c>, <c>fsync</c>, <c>rename</c>, …</summary>
    public string Call { get; }

    public string Path { get; }

    public int Errno { get; }

    /// <summary>True when the disk or a quota is full (ENOSPC, EDQUOT).</summary>
    public bool DiskFull => Errno is 28 or 122;

    /// <summary>True when two names lie on different file systems (EXDEV).</summary>
    public bool OtherFileSystem => Errno == 18;

    /// <summary>True when the name was already taken (EEXIST).</summary>
    public bool AlreadyExists => Errno == 17;

    /// <summary>True when the name does not exist (ENOENT).</summary>
    public bool NotFound => Errno == 2;
}
