using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

/// <summary>Passes everything on.</summary>
internal abstract class PassingFiles(IDurableFiles inner) : IDurableFiles
{
    public virtual IDurableFile Create(string path) => inner.Create(path);
    public virtual Stream OpenRead(string path) => inner.OpenRead(path);
    public virtual bool CreateDirectory(string path) => inner.CreateDirectory(path);
    public virtual void SyncFile(string path) => inner.SyncFile(path);
    public virtual void SyncDirectory(string path) => inner.SyncDirectory(path);
    public virtual void Rename(string from, string to) => inner.Rename(from, to);
    public virtual void Link(string existing, string name) => inner.Link(existing, name);
    public virtual void DeleteFile(string path) => inner.DeleteFile(path);
    public virtual void DeleteDirectory(string path) => inner.DeleteDirectory(path);
    public bool FileExists(string path) => inner.FileExists(path);
    public bool DirectoryExists(string path) => inner.DirectoryExists(path);
    public virtual IReadOnlyList<DirectoryEntry> List(string path) => inner.List(path);
}

/// <summary>A protocol with fsyncs forgotten: those of which <paramref name="forgets"/>, told number and path, says so.</summary>
internal sealed class SkippingFiles(IDurableFiles inner, Func<int, string, bool> forgets) : PassingFiles(inner)
{
    /// <summary>What was fsynced, the forgotten one included.</summary>
    public List<string> Syncs { get; } = [];

    public override IDurableFile Create(string path) => new SkippingFile(this, base.Create(path), path);

    public override void SyncDirectory(string path)
    {
        if (Remember(path))
            base.SyncDirectory(path);
    }

    private bool Remember(string path)
    {
        Syncs.Add(path);
        return !forgets(Syncs.Count - 1, path);
    }

    private sealed class SkippingFile(SkippingFiles owner, IDurableFile inner, string path) : IDurableFile
    {
        public void Write(ReadOnlySpan<byte> bytes) => inner.Write(bytes);

        public void Sync()
        {
            if (owner.Remember(path))
                inner.Sync();
        }

        public void Close() => inner.Close();
        public void Dispose() => inner.Dispose();
    }
}
