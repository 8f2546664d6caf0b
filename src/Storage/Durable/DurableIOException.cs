namespace Cairn.Storage.Durable;

/// <summary>A system call on the way to a durable file failed.</summary>
public sealed class DurableIOException(string call, string path, int errno, string reason)
    : TransientException($"{call} failed on {path}: {reason} (errno {errno}).{Remedy(errno)}")
{
    /// <summary>The system call: <c>open</c>, <c>write</c>, <c>fsync</c>, <c>rename</c>, …</summary>
    public string Call { get; } = call;
    public string Path { get; } = path;
    public int Errno { get; } = errno;

    /// <summary>True when the disk or a quota is full (ENOSPC, EDQUOT).</summary>
    public bool DiskFull => Errno is 28 or 122;

    /// <summary>True when the process's user may not do that (EACCES, EPERM).</summary>
    public bool IsDenied => Errno is 13 or 1;

    /// <summary>True when it is the process's surroundings that refused (permissions, its limits, a file system that is mounted read-only),
    /// so the file itself may be intact.</summary>
    public bool IsOfSurroundings => IsDenied || Errno is 12 or 23 or 24 or 30;

    /// <summary>True when two names lie on different file systems (EXDEV).</summary>
    public bool OtherFileSystem => Errno == 18;

    /// <summary>True when the name was already taken (EEXIST).</summary>
    public bool AlreadyExists => Errno == 17;

    /// <summary>True when the name does not exist (ENOENT).</summary>
    public bool NotFound => Errno == 2;

    /// <summary>What to do about surroundings.</summary>
    private static string Remedy(int errno) => errno switch
    {
        13 => $" {Environment.UserName} lacks permission: ask the owner for it, or run as the owner.",
        23 => " The system has reached its limit of open files (fs.file-max).",
        24 => " This process has reached its limit of open files: raise it (ulimit -n), or reduce node.slots.",
        30 => " The file system is mounted read-only: use another path, or mount it writable.",
        _ => "",
    };
}
