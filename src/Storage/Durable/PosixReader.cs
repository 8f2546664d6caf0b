using Microsoft.Win32.SafeHandles;

namespace Cairn.Storage.Durable;

/// <summary>
/// A regular file being read through its own descriptor, by the two calls that this takes: a catalog of many rows opens as many files, and
/// a general file stream asks the kernel five more questions about each. Not for use by two threads at once.
/// </summary>
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
            {
                throw new IOException(error.Message, error);
            }
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

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("The file is open for reading only.");

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The file is open for reading only.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
