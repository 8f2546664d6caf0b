using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Storage.Durable;

/// <summary>Durable files on a POSIX file system: every method is one system call of libc, and reports that call's own error.</summary>
/// <remarks>Directories that a caller names may be reached through a symbolic link (a scratch disk often is); regular files may not be
/// links themselves.</remarks>
public sealed class PosixFiles : IDurableFiles
{
    private const uint FileMode = 0x1B6; // 0666, less the umask
    private const uint DirectoryMode = 0x1FF; // 0777, less the umask

    public IDurableFile Create(string path)
    {
        var fd = LibC.Open(Checked(path), LibC.CreateFlag | LibC.Exclusive | LibC.WriteOnly | LibC.CloseOnExec, FileMode);
        return fd < 0 ? throw LibC.LastError("open", path) : new PosixFile(fd, path);
    }

    public Stream OpenRead(string path)
    {
        // Without O_NONBLOCK, a named pipe put in a file's place would hang the reader for ever.
        var fd = LibC.Open(Checked(path), LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.CloseOnExec, 0);
        if (fd < 0)
            throw LibC.LastError("open", path);

        var (type, length) = LibC.TypeAndLength(fd);
        if (type == LibC.RegularType)
            return new PosixReader(new SafeFileHandle(fd, ownsHandle: true), path, length);

        var error = type < 0
            ? LibC.LastError("statx", path)
            : new DurableIOException("open", path, LibC.Invalid, "it is not a regular file");
        _ = LibC.Close(fd);
        throw error;
    }

    /// <summary>Opens a file that several processes may append to, and creates it if there is none: each write goes to its current end.
    /// Nothing of it is durable.</summary>
    public static FileStream OpenAppend(string path)
    {
        const int flags = LibC.CreateFlag | LibC.AppendFlag | LibC.ReadWrite | LibC.NonBlocking | LibC.CloseOnExec;
        var fd = LibC.Open(Checked(path), flags, FileMode);
        // No buffer: what a full disk refused must not be tried again with the next write.
        return fd < 0 ? throw LibC.LastError("open", path)
            : new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
    }

    public bool CreateDirectory(string path)
    {
        if (LibC.MakeDirectory(Checked(path), DirectoryMode) == 0)
            return true;

        var error = LibC.LastError("mkdir", path);
        return error.AlreadyExists && DirectoryExists(path) ? false : throw error;
    }

    public void SyncFile(string path) => Sync(path, LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.CloseOnExec);
    public void SyncDirectory(string path) => Sync(path, LibC.ReadOnly | LibC.DirectoryOnly | LibC.CloseOnExec);

    public void SyncAll(IReadOnlyList<IDurableFile> files, IReadOnlyList<string> directories) =>
        SideBySide.Run([.. files.Select(f => (Action)f.Sync), .. directories.Select(d => (Action)(() => SyncDirectory(d)))]);

    public void Rename(string from, string to) => Check(LibC.Rename(Checked(from), Checked(to)), "rename", $"{from} to {to}");

    public void Link(string existing, string name) => Check(LibC.Link(Checked(existing), Checked(name)), "link", $"{existing} as {name}");

    public void DeleteFile(string path) => Check(LibC.Unlink(Checked(path)), "unlink", path);
    public void DeleteDirectory(string path) => Check(LibC.RemoveDirectory(Checked(path)), "rmdir", path);

    /// <summary>True for a regular file; false for a symbolic link, even to one.</summary>
    public bool FileExists(string path) => TypeOf(path, follow: false) == LibC.RegularType;

    /// <summary>True for a directory, also when <paramref name="path"/> is a symbolic link to one.</summary>
    public bool DirectoryExists(string path) => TypeOf(path, follow: true) == LibC.DirectoryType;

    public long? LengthOf(string path)
    {
        var (type, length) = LibC.TypeAndLength(Checked(path));
        return type >= 0 ? type == LibC.RegularType ? length : null : NotThere<long?>(path, null);
    }

    public IDisposable? Lock(string path, TimeProvider time)
    {
        try
        {
            return RunLock.Acquire(Checked(path), time);
        }
        catch (DurableIOException e) when (e.Call == "flock")
        {
            // Some network file systems are mounted without locks.
            return null;
        }
    }

    public IReadOnlyList<DirectoryEntry> List(string path) => PosixDirectory.List(Checked(path));

    private static void Sync(string path, int flags)
    {
        var fd = LibC.Open(Checked(path), flags, 0);
        if (fd < 0)
            throw LibC.LastError("open", path);

        var error = LibC.Fsync(fd) == 0 ? null : LibC.LastError("fsync", path);
        // Nothing was written through this descriptor, so its close has no news to report.
        _ = LibC.Close(fd);
        if (error is not null)
            throw error;
    }

    private static int TypeOf(string path, bool follow)
    {
        var type = LibC.FileType(Checked(path), follow);
        return type >= 0 ? type : NotThere(path, -1);
    }

    /// <summary>"Not there" is an answer; "could not look" (EACCES, EIO, ESTALE) must never read as "not there".</summary>
    private static T NotThere<T>(string path, T answer) => LibC.IsNotFound() || Marshal.GetLastPInvokeError() == LibC.NotDirectory
        ? answer
        : throw LibC.LastError("statx", path);

    private static void Check(int result, string call, string what)
    {
        if (result != 0)
            throw LibC.LastError(call, what);
    }

    /// <summary>A zero byte would silently end the path at the border to C.</summary>
    private static string Checked(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path.Contains('\0', StringComparison.Ordinal)
            ? throw new DurableIOException("open", path.Replace('\0', '?'), LibC.Invalid, "the path contains a zero byte")
            : path;
    }
}
