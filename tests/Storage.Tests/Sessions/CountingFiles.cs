using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>Counts the bytes that are read of each file.</summary>
internal sealed class CountingFiles(IDurableFiles inner) : PassingFiles(inner)
{
    public Dictionary<string, long> Read { get; } = new(StringComparer.Ordinal);

    /// <summary>The bytes read of all arrays.</summary>
    public long OfArrays => Read.Where(r => r.Key.EndsWith(".npy", StringComparison.Ordinal)).Sum(r => r.Value);
    public override Stream OpenRead(string path) => new Counted(this, base.OpenRead(path), path);

    private sealed class Counted(CountingFiles owner, Stream file, string path) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => file.Length;

        public override long Position { get => file.Position; set => file.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = file.Read(buffer);
            owner.Read[path] = owner.Read.GetValueOrDefault(path) + read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);
        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                file.Dispose();

            base.Dispose(disposing);
        }
    }
}
