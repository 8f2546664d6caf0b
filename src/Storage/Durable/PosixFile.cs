using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Storage.Durable;

/// <summary>A file being written through its own descriptor. Not for use by two threads at once.</summary>
internal sealed class PosixFile(int fd, string path) : IDurableFile
{
    private const int Early = 8 << 20;
    private const uint StartOnly = 2; // SYNC_FILE_RANGE_WRITE
    private long _length;
    private long _begun;
    private int _fd = fd;
    private DurableIOException? _failure;

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

            var error = written < 0 ? LibC.LastError("write", path) : LibC.Error("write", path, LibC.IOError);
            if (error.Errno != LibC.Interrupted)
                throw _failure = error;
        }
    }

    public void Sync()
    {
        ThrowIfUnusable();
        if (LibC.Fsync(_fd) != 0)
            throw _failure = LibC.LastError("fsync", path);
    }

    public void Close()
    {
        ThrowIfUnusable();
        if (LibC.Close(Interlocked.Exchange(ref _fd, -1)) != 0)
            throw LibC.LastError("close", path);
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

    /// <summary>Lets the disk work while the caller computes, so that the fsync has less to do. A hint: it waits for nothing, and whatever
    /// goes wrong is fsync's to report.</summary>
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
            throw new DurableIOException(_failure.Call, path, _failure.Errno, "an earlier call failed, and the file must be abandoned");

        ObjectDisposedException.ThrowIf(_fd < 0, this);
    }
}

/// <summary>A regular file being read through its own descriptor, by the two calls that this takes: a catalog of many rows opens as many
/// files, and a general file stream asks the kernel five more questions about each. Not for use by two threads at once.</summary>
internal sealed class PosixReader(SafeFileHandle file, string path, long length) : Stream
{
    private long _position;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;

    /// <summary>The length when the file was opened.</summary>
    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <exception cref="IOException">The disk refused; the message names the file and the reason.</exception>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(file.IsClosed, this);
        while (buffer.Length > 0)
        {
            var read = LibC.ReadAt(file, ref buffer[0], buffer.Length, _position);
            if (read >= 0)
            {
                _position += read;
                return (int)read;
            }

            var error = LibC.LastError("pread", path);
            if (error.Errno != LibC.Interrupted)
                throw new IOException(error.Message, error);
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => length,
    };

    public override void Flush() { }
    public override void SetLength(long value) => throw new NotSupportedException("The file is open for reading only.");

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The file is open for reading only.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();

        base.Dispose(disposing);
    }
}

/// <summary>Reads a directory's entries with their types.</summary>
internal static class PosixDirectory
{
    // struct dirent of every 64-bit Linux: inode (8), offset (8), record length (2), type (1), name.
    private const int TypeOffset = 18;
    private const int NameOffset = 19;
    private const byte TypeUnknown = 0;
    private const byte TypeDirectory = 4;
    private const byte TypeRegular = 8;

    internal static IReadOnlyList<DirectoryEntry> List(string path)
    {
        var directory = LibC.OpenDirectory(path);
        if (directory == 0)
            return LibC.IsNotFound() ? [] : throw LibC.LastError("opendir", path);

        try
        {
            var entries = Read(directory, path);
            entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
        finally
        {
            _ = LibC.CloseDirectory(directory);
        }
    }

    private static List<DirectoryEntry> Read(nint directory, string path)
    {
        var entries = new List<DirectoryEntry>();
        while (true)
        {
            var entry = LibC.ReadDirectory(directory);
            if (entry == 0)
                return Marshal.GetLastPInvokeError() == 0 ? entries : throw LibC.LastError("readdir", path);

            var name = Marshal.PtrToStringUTF8(entry + NameOffset)!;
            if (name is not ("." or ".."))
                entries.Add(Entry(path, name, Marshal.ReadByte(entry, TypeOffset)));
        }
    }

    private static DirectoryEntry Entry(string directory, string name, byte type)
    {
        if (type != TypeUnknown)
            return new DirectoryEntry(name, type == TypeDirectory, type == TypeRegular);

        // Some file systems do not say; a name gone meanwhile is neither.
        var mode = LibC.FileType(Path.Combine(directory, name), follow: false);
        return new DirectoryEntry(name, mode == LibC.DirectoryType, mode == LibC.RegularType);
    }
}
