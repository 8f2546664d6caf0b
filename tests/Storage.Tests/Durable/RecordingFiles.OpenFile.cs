using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

/// <content>A file of it that is being written.</content>
public sealed partial class RecordingFiles
{
    private sealed class OpenFile(RecordingFiles owner, Node node, string path) : IDurableFile
    {
        private bool _closed;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            lock (owner._lock)
            {
                owner.CheckPower();
                var fault = owner.Record(new FileOperation("write", path));
                var kept = fault?.Effect switch { FaultEffect.None => 0, FaultEffect.Partial => bytes.Length / 2, _ => bytes.Length };
                node.Bytes.AddRange(bytes[..kept]);
                if (fault is not null)
                    throw Error("write", path, fault.Errno, "planted by the test");
            }
        }

        public void Sync()
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            lock (owner._lock)
            {
                owner.CheckPower();
                if (owner.Record(new FileOperation("fsync", path)) is { } fault)
                {
                    node.PagesLost = true;
                    throw Error("fsync", path, fault.Errno, "planted by the test");
                }

                node.DurableLength = node.PagesLost ? node.DurableLength : node.Bytes.Count;
            }
        }

        public void Close()
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _closed = true;
            lock (owner._lock)
            {
                owner.Do(new FileOperation("close", path), () => { });
            }
        }

        public void Dispose() => _closed = true;
    }
}
