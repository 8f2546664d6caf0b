using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

/// <summary>Lets a test step in before the n-th call that changes something or looks for newer epochs.</summary>
internal sealed class PausingFiles(IDurableFiles inner) : PassingFiles(inner)
{
    private int _at = -1;
    private Action? _step;

    public int Calls { get; private set; }

    public void PauseBefore(int call, Action step) => (_at, _step, Calls) = (call, step, 0);

    public override IDurableFile Create(string path)
    {
        Count();
        return base.Create(path);
    }

    public override void SyncDirectory(string path)
    {
        Count();
        base.SyncDirectory(path);
    }

    public override bool CreateDirectory(string path)
    {
        Count();
        return base.CreateDirectory(path);
    }

    public override void DeleteFile(string path)
    {
        Count();
        base.DeleteFile(path);
    }

    public override void DeleteDirectory(string path)
    {
        Count();
        base.DeleteDirectory(path);
    }

    public override void Rename(string from, string to)
    {
        Count();
        base.Rename(from, to);
    }

    public override void Link(string existing, string name)
    {
        Count();
        base.Link(existing, name);
    }

    public override IReadOnlyList<DirectoryEntry> List(string path)
    {
        if (path.EndsWith("/epochs", StringComparison.Ordinal))
            Count();

        return base.List(path);
    }

    private void Count()
    {
        if (Calls++ == _at)
            _step!();
    }
}
