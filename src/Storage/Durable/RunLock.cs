namespace Cairn.Storage.Durable;

/// <summary>The lock of a run on its directory, or of a writer on a catalog: an exclusive flock(2) on a small file that names its holder.
/// The kernel releases it when the process ends, however it ends; the file itself stays, since unlinking it would let two processes lock
/// two files of one name.</summary>
public sealed class RunLock : IDisposable
{
    private const uint FileMode = 0x1B6; // 0666, less the umask
    private const int MaxHolderBytes = 4096;
    private const string KernelLocks = "/proc/locks";
    private int _fd;

    private RunLock(int fd, string path)
    {
        _fd = fd;
        Path = path;
    }

    /// <summary>Releases a lock that its owner did not dispose of.</summary>
    ~RunLock() => Release();

    /// <summary>The locked file.</summary>
    public string Path { get; }

    /// <summary>How this process names itself in a lock's file.</summary>
    internal static string ThisProcess { get; } =
        string.Create(CultureInfo.InvariantCulture, $"host {Environment.MachineName}, pid {Environment.ProcessId},");

    /// <summary>Takes the lock without waiting, and writes this host, process and start time into the file.</summary>
    /// <exception cref="FencedException">Another process holds the lock; the message names its host and process, and what to
    /// do.</exception>
    /// <exception cref="DurableIOException">The file cannot be opened or locked.</exception>
    public static RunLock Acquire(string path, TimeProvider time)
    {
        var flags = LibC.ReadWrite | LibC.CreateFlag | LibC.NoFollow | LibC.CloseOnExec;
        var fd = LibC.Open(path, flags, FileMode);
        if (fd < 0)
            throw LibC.LastError("open", path);

        var acquired = new RunLock(fd, path);
        try
        {
            acquired.Take();
            acquired.WriteHolder(time);
            return acquired;
        }
        catch
        {
            acquired.Dispose();
            throw;
        }
    }

    /// <summary>The holder of the lock, as it wrote itself into the file, or null if there is none. Looks without locking, so that it never
    /// blocks a process that wants to run; for a process of another host it only knows what the file says.</summary>
    public static string? Holder(string path)
    {
        if (!PathFound.IsFile(path))
            return null;

        var lines = Lines(path);
        var (host, pid) = (Value(lines, "host "), Value(lines, "pid "));
        var elsewhere = host is not null && host != Environment.MachineName;
        return pid is not null && (elsewhere || HoldsIt(pid, path)) ? string.Join(", ", lines) : null;
    }

    /// <summary>Who holds the lock, or held it last, as the file says; null when it says nothing.</summary>
    internal static string? LastHolder(string path) =>
        PathFound.IsFile(path) && Lines(path) is { Length: > 0 } lines ? string.Join(", ", lines) : null;

    /// <summary>Releases the lock.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private static string[] Lines(string path)
    {
        // File.ReadAllLines would itself ask for a shared lock, and fail exactly when somebody holds this one.
        using var file = new PosixFiles().OpenRead(path);
        var bytes = new byte[MaxHolderBytes];
        var text = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private void Release()
    {
        var fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            // A child between fork and exec has this descriptor too, and closing ours alone would leave the lock with it.
            _ = LibC.Flock(fd, LibC.Unlock);
            _ = LibC.Close(fd);
        }
    }

    private static string? Value(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..];

    /// <summary>Whether the kernel knows of the process's lock on this very file: it may hold another run's, or be another program by
    /// now.</summary>
    private static bool HoldsIt(string pid, string path)
    {
        var (process, inode) = ($"FLOCK  ADVISORY  WRITE {pid} ", $":{LibC.Inode(path)} ");
        return File.Exists(KernelLocks) && File.ReadLines(KernelLocks).Any(line =>
            line.Contains(process, StringComparison.Ordinal) && line.Contains(inode, StringComparison.Ordinal));
    }

    private void Take()
    {
        if (LibC.Flock(_fd, LibC.LockExclusive | LibC.LockNonBlocking) == 0)
            return;

        var error = LibC.LastError("flock", Path);
        throw error.Errno == LibC.WouldBlock ? Refusal() : error;
    }

    private FencedException Refusal()
    {
        var holder = ReadHolder();
        var who = holder.Length > 0 ? holder : "a process that has not yet written its name";
        return new FencedException(
            $"{Path} is locked by {who}{(holder.Contains(ThisProcess, StringComparison.Ordinal) ? " (this process itself)" : "")}. "
            + "Wait for that process to end, or stop it, then start again; " +
            "the lock is released with the process, so the file need not be deleted.");
    }

    private string ReadHolder()
    {
        var buffer = new byte[MaxHolderBytes];
        var read = LibC.Read(_fd, ref buffer[0], buffer.Length);
        var text = read > 0 ? Encoding.UTF8.GetString(buffer, 0, (int)read) : "";
        return string.Concat(text.TrimEnd('\n').Select(c => c == '\n' ? ", " : char.IsControl(c) ? "?" : c.ToString()));
    }

    private void WriteHolder(TimeProvider time)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"host {Environment.MachineName}\npid {Environment.ProcessId}\nsince {time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}\n");
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
        if (LibC.Truncate(_fd, 0) != 0 || LibC.Write(_fd, in bytes[0], bytes.Length) != bytes.Length)
            throw LibC.LastError("write", Path);
    }
}
