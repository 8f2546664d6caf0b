using Cairn.Storage.Catalog;

namespace Cairn.Storage.Sessions;

/// <summary>The commit point of a gang: the ranks' commits lie on disk, durable and invisible, and become a session all at once when its
/// manifest gets its name. Used by the coordinator alone.</summary>
internal sealed class SessionCommit(IDurableFiles files, string root, EpochStore epochs, Func<string> newId)
{
    public const string FolderName = "sessions";
    private bool _ancestorsDurable;

    public string Folder { get; } = Path.Combine(root, FolderName);

    /// <exception cref="FencedException">A newer epoch has begun, or has taken the name.</exception>
    /// <exception cref="DurableIOException">Before the link: there is no session. From the link on: only reading can tell; the ranks'
    /// commits must stay until it has.</exception>
    public void Write(SessionManifest session)
    {
        epochs.RequireNewest(session.Epoch);
        _ = DurableTree.CreateDirectories(files, Folder);
        var bytes = SessionJson.Write(session);
        var temporary = Path.Combine(Folder, $".tmp_{session.Name}_{newId()}");
        var final = Path.Combine(Folder, session.Name + ".json");
        try
        {
            BoundedFile.Write(files, temporary, bytes);
            epochs.RequireNewest(session.Epoch);
            Link(temporary, final, bytes);
        }
        finally
        {
            Remove(temporary);
        }

        files.SyncAll([], [Folder, root]);
        SyncAncestors();
        // A newer epoch that began during the link may or may not have seen it: only without one is the session certain to count.
        epochs.RequireNewest(session.Epoch);
    }

    /// <summary>A link over a network may be made and yet be reported as failed; what the name holds decides.</summary>
    private void Link(string temporary, string final, byte[] bytes)
    {
        try
        {
            files.Link(temporary, final);
        }
        catch (DurableIOException e)
        {
            if (!files.FileExists(final))
                throw;

            if (!BoundedFile.Read(files, final).AsSpan().SequenceEqual(bytes))
                throw new FencedException(
                    $"{final} has been written by another coordinator of the same epoch; this one must stop. Begin a new epoch.", e);
        }
    }

    private void Remove(string temporary)
    {
        try
        {
            files.DeleteFile(temporary);
        }
        catch (DurableIOException)
        {
            // The session has its own name by now, or the error that matters is on its way; a leftover is swept later.
        }
    }

    private void SyncAncestors()
    {
        if (!_ancestorsDurable)
        {
            Ancestors.Sync(files, root);
            _ancestorsDurable = true;
        }
    }
}
