using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Newtonsoft.Json;

namespace Cairn.Storage.Catalog;

/// <summary>
/// Carries out <see cref="Retention.ByHand"/>. As after a commit, what goes is first left out of the index and renamed aside, durably, and
/// only then deleted, so that no crash leaves half a commit under a commit's name.
/// </summary>
internal sealed class CatalogPruning
{
    private readonly IDurableFiles _files;
    private readonly CatalogFolder _folder;
    private readonly CatalogContents _contents;
    private readonly Dictionary<string, Manifest> _byId;
    private readonly int _epoch;

    private CatalogPruning(IDurableFiles files, CatalogFolder folder)
    {
        _files = files;
        _folder = folder;
        _contents = folder.Read(reuse: false);
        _byId = _contents.All.ToDictionary(m => m.Row.CommitId, StringComparer.Ordinal);
        _epoch = _contents.Epochs.Select(e => e.Epoch).DefaultIfEmpty(0).Max();
    }

    public static IReadOnlyList<PrunedItem> Run(string path, int? keep, bool dryRun, IDurableFiles files)
    {
        if (keep < 1)
        {
            throw new SpecException($"{keep} sessions are to be kept; expected at least 1.");
        }

        var root = Path.GetFullPath(path).TrimEnd('/');
        if (CatalogInspection.Folders(path, files) is not [var folder] || folder.Root != root)
        {
            return SessionPruning.Run(root, keep, dryRun, files);
        }

        var pruning = new CatalogPruning(files, folder);
        if (pruning._contents.All.FirstOrDefault(m => m.Row.WorldSize > 1) is { } part)
        {
            throw new SpecException(
                $"{path} is one rank's part of the sessions of {part.Row.WorldSize} ranks. "
                + $"Those go together: prune {Path.GetDirectoryName(root)}.");
        }

        if (!dryRun && CatalogWriter.Holder(root) is { } writer)
        {
            throw new FencedException($"{root} is being written by {writer}. Wait for that process to end its session, then prune.");
        }

        var found = pruning.Find(keep);
        if (!dryRun && found.Count > 0)
        {
            pruning.Remove(found);
        }

        return found;
    }

    private List<PrunedItem> Find(int? keep)
    {
        var sessions = _contents.All
            .Select(m => new RetainedSession(
                m.Row.CommitId, m.Labels.ToString(Formatting.None), _contents.Counting.Contains(m.Row.CommitId)))
            .ToList();
        var bases = _contents.Epochs.Where(e => e.Epoch == _epoch && e.Base is not null)
            .Select(e => e.Base!).ToHashSet(StringComparer.Ordinal);
        var plan = Retention.ByHand(sessions, keep, bases, IsValid);
        return
        [
            .. StagingSweep.Stale(_files, _folder.Root, int.MaxValue).Select(p => Item(p, PruneReason.Stale)),
            .. EpochDrafts().Select(p => Item(p, PruneReason.Stale)),
            .. plan.Superseded.Select(id => Item(_byId[id].Row.Directory, PruneReason.Superseded)),
            .. plan.Surplus.Select(id => Item(_byId[id].Row.Directory, PruneReason.Surplus)),
        ];
    }

    private IEnumerable<string> EpochDrafts()
    {
        var folder = Path.Combine(_folder.Root, "epochs");
        return _files.List(folder)
            .Where(e => e.IsFile && e.Name.StartsWith('.') && e.Name.EndsWith(".tmp", StringComparison.Ordinal))
            .Select(e => Path.Combine(folder, e.Name));
    }

    private bool IsValid(string id)
    {
        try
        {
            new CommitReader(_files, _byId[id]).Verify();
            return true;
        }
        catch (DataException)
        {
            // Whoever wants to know what is wrong with it verifies the catalog; here it only does not count.
            return false;
        }
    }

    private void Remove(List<PrunedItem> items)
    {
        FoundEntries.MakeDurable(_files, _folder.Root);
        // First, so that the name under which a session is put aside is free.
        Delete(items.Where(i => i.Reason == PruneReason.Stale).Select(i => i.Path));
        var sessions = items.Where(i => i.Reason != PruneReason.Stale).Select(i => i.Path).ToHashSet(StringComparer.Ordinal);
        if (sessions.Count == 0)
        {
            return;
        }

        var id = System.Security.Cryptography.RandomNumberGenerator.GetHexString(12, lowercase: true);
        CatalogIndex.Write(_files, _folder.Root, _contents.Rows.Where(m => !sessions.Contains(m.Row.Directory)), id);
        _files.SyncDirectory(_folder.Root);
        var aside = sessions.Select(MoveAside).ToList();
        foreach (var parent in sessions.Select(p => Path.GetDirectoryName(p)!).Append(_folder.Root).Distinct(StringComparer.Ordinal))
        {
            _files.SyncDirectory(parent);
        }

        Delete(aside);
    }

    private void Delete(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            _ = DurableTree.DeleteTree(_files, path);
        }
    }

    private string MoveAside(string directory)
    {
        var aside = CommitProtocol.StagingPath(_folder.Root, "pruned_" + Path.GetFileName(directory), _epoch);
        _files.Rename(directory, aside);
        return aside;
    }

    private PrunedItem Item(string path, PruneReason reason) => new(path, reason, DurableTree.Bytes(_files, path));
}
