using Cairn.Storage.Durable;

namespace Cairn.Cli.Tests.Doctor;

/// <summary>A file system that breaks one promise, over one that keeps them all.</summary>
internal sealed class FaithlessFiles(IDurableFiles inner, string broken) : IDurableFiles
{
    public const string Exclusive = "exclusive create";
    public const string Rename = "rename";
    public const string RenameOfDirectory = "rename of a directory";
    public const string Linking = "link";
    public const string Sync = "fsync";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TaskCompletionSource _lookedInVain = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IDurableFile Create(string path)
    {
        if (broken == Exclusive && inner.FileExists(path))
            inner.DeleteFile(path);

        return inner.Create(path);
    }

    public Stream OpenRead(string path)
    {
        try
        {
            return inner.OpenRead(path);
        }
        catch (DurableIOException e) when (e.NotFound)
        {
            _lookedInVain.TrySetResult();
            throw;
        }
    }

    public bool CreateDirectory(string path) => inner.CreateDirectory(path);

    public void SyncFile(string path) => inner.SyncFile(path);

    public void SyncDirectory(string path)
    {
        if (broken == Sync)
            throw new DurableIOException("fsync", path, 22, "Invalid argument");

        inner.SyncDirectory(path);
    }

    void IDurableFiles.Rename(string from, string to)
    {
        if (broken == Rename && inner.FileExists(to))
        {
            // What a careless layer does: the name is gone for a moment, which here lasts until the reader has looked.
            inner.DeleteFile(to);
            _lookedInVain.Task.Wait(Patience);
        }

        if (broken == RenameOfDirectory && inner.DirectoryExists(from))
            throw new DurableIOException("rename", $"{from} to {to}", 18, "Invalid cross-device link");

        inner.Rename(from, to);
    }

    public void Link(string existing, string name)
    {
        if (broken == Linking && inner.FileExists(name))
            inner.DeleteFile(name);

        inner.Link(existing, name);
    }

    public void DeleteFile(string path) => inner.DeleteFile(path);

    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public IReadOnlyList<DirectoryEntry> List(string path) => inner.List(path);
}
