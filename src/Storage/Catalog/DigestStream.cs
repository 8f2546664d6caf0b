namespace Cairn.Storage.Catalog;

/// <summary>Digests a file while it is read, so that verifying costs no second reading.</summary>
internal sealed class DigestStream(Stream inner, string path) : Stream
{
    private const int Piece = 1 << 18;

    /// <summary>CRC-32C of everything read so far.</summary>
    public uint Crc { get; private set; }

    public override bool CanRead => true;

    /// <summary>The length is known, as readers ask; moving about is refused.</summary>
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => throw new NotSupportedException("A digested file is read front to back.");
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            // In pieces, so that what is digested is still in the processor's cache from having been read.
            var read = inner.Read(buffer[..Math.Min(buffer.Length, Piece)]);
            Crc = Crc32C.Append(Crc, buffer[..read]);
            return read;
        }
        catch (IOException e)
        {
            throw new DataException($"{path} cannot be read: {e.Message}", e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A digested file is read front to back.");
    public override void SetLength(long value) => throw new NotSupportedException("A digested file is read only.");
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A digested file is read only.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();

        base.Dispose(disposing);
    }
}
