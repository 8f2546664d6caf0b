namespace Cairn.Storage.Durable;

/// <summary>A file being written through its own descriptor. Not for use by two threads at once.</summary>
internal sealed class PosixFile : IDurableFile
{
    private const int Early = 8 << 20;
    private const uint StartOnly = 2; // SYNC_FILE_RANGE_WRITE

    private readonly string _path;
    private long _length;
    private long _begun;
    private int _fd;
    private DurableIOException? _failure;

    internal PosixFile(int fd, string path)
    {
        _fd = fd;
        _path = path;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        ThrowIfUnusable();
        while (bytes.Length > 0)
        {
            var written = LibC.Write(_fd, in bytes[0], bytes.Length);
            if (written > 0)
            {
                bytes = bytes[(int)written..];
                _length += written;
                BeginWriteback();
                continue;
            }

            var error = written < 0 ? LibC.LastError("write", _path) : LibC.Error("write", _path, LibC.IOError);
            if (error.Errno != LibC.Interrupted)
            {
                throw _failure = error;
            }
        }
    }

    public void Sync()
    {
        ThrowIfUnusable();
        if (LibC.Fsync(_fd) != 0)
        {
            throw _failure = LibC.LastError("fsync", _path);
        }
    }

    public void Close()
    {
        ThrowIfUnusable();
        if (LibC.Close(Interlocked.Exchange(ref _fd, -1)) != 0)
        {
            throw LibC.LastError("close", _path);
        }
    }

    public void Dispose()
    {
        var fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            // On an error path the caller already carries the error that matters; close(2) frees the descriptor even when it fails.
            _ = LibC.Close(fd);
        }
    }

    /// <summary>
    /// Lets the disk work while the caller computes, so that less is left for the fsync. A mere hint: nothing is waited for, and whatever
    /// goes wrong is fsync's to report.
    /// </summary>
    private void BeginWriteback()
    {
        if (_length - _begun >= Early)
        {
            _ = LibC.StartWriting(_fd, _begun, _length - _begun, StartOnly);
            _begun = _length;
        }
    }

    /// <summary>A second fsync after a failed one may return success for pages that the kernel has dropped, so it is never asked.</summary>
    private void ThrowIfUnusable()
    {
        if (_failure is not null)
        {
            throw new DurableIOException(_failure.Call, _path, _failure.Errno, "an earlier call failed, and the file must be abandoned");
        }

        ObjectDisposedException.ThrowIf(_fd < 0, this);
    }
}
