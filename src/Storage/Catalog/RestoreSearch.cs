using Cairn.Storage.Sessions;

namespace Cairn.Storage.Catalog;

/// <summary>Finds the row of one folder's catalog from which to restore: the newest that is intact.</summary>
/// <param name="verified">The ids of commits that are known to be intact; kept up to date.</param>
internal sealed class RestoreSearch(CatalogFolder folder, IDurableFiles files, CheckpointOptions options, HashSet<string> verified)
{
    private RestorableCommit? _justVerified;

    /// <summary>Reads the catalog, warning of what cannot be read and of commits in its index that are missing.</summary>
    public CatalogContents Read(List<CheckpointWarning> skipped)
    {
        var contents = folder.Read(reuse: false);
        foreach (var commit in contents.Unreadable)
            Skip(skipped, commit.Directory, commit.Defect);

        var there = contents.All.Select(m => m.Row.CommitId)
            .Concat(contents.Unreadable.Select(u => Path.GetFileName(u.Directory))).ToHashSet();
        foreach (var missing in CatalogIndex.CommitIds(files, folder.Root).Where(id => !there.Contains(id)))
        {
            var directory = Path.Combine(folder.CommitsPath, missing);
            Skip(skipped, directory, $"{directory} is missing, though {CatalogIndex.FileName} names it.");
        }

        return contents;
    }

    /// <summary>The newest intact commit; every newer one is skipped with a warning.</summary>
    public RestorableCommit? NewestValid(List<Manifest> oldestFirst, List<CheckpointWarning> skipped)
    {
        var known = Interlocked.Exchange(ref _justVerified, null);
        foreach (var manifest in oldestFirst.AsEnumerable().Reverse())
        {
            try
            {
                var isKnown = known?.Manifest.Row.CommitId == manifest.Row.CommitId;
                var found = isKnown ? known! with { Manifest = manifest } : RestorableCommit.Verify(files, manifest, options);
                verified.Add(manifest.Row.CommitId);
                return found;
            }
            catch (DataException e)
            {
                verified.Remove(manifest.Row.CommitId);
                Skip(skipped, manifest.Row.Directory, e.Message);
            }
        }

        return null;
    }

    /// <summary>The newest valid session below an epoch, as its predecessor sees the catalog.</summary>
    public SessionNode? BaseBelow(int epoch)
    {
        var contents = folder.Commits.Read(reuse: false);
        var counting = contents.CountingBelow(epoch);
        var older = contents.OfOneRank.Where(m => counting.Contains(m.Row.CommitId));
        var found = NewestValid([.. older], []);
        // What was read through while claiming is not read through again a moment later.
        _justVerified = found;
        return found?.Manifest.Node;
    }

    /// <summary>Drops what was read ahead: the catalog has changed.</summary>
    public void Forget() => _justVerified = null;

    private void Skip(List<CheckpointWarning> skipped, string path, string defect)
    {
        var warning = new CheckpointWarning(path, defect, "The session is skipped, and an older one is used.");
        skipped.Add(warning);
        options.Warn(warning);
    }
}
