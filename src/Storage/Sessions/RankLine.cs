using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Sessions;

/// <summary>
/// Which of one folder's commits are rows: of a rank those that sessions name, once a coordinator has begun an epoch; of the root, where
/// one rank writes alone, those on the line of sessions, which may lead through sessions of several ranks.
/// </summary>
internal static class RankLine
{
    /// <summary>
    /// The folder's commits in the order of their sessions; null for a catalog without coordinator, where each rank is on its own, and
    /// for the root of one that never had rank folders.
    /// </summary>
    /// <param name="root">The catalog's root.</param>
    /// <param name="rank">The rank whose folder it is; null for the root's own commits.</param>
    /// <param name="files">The file system.</param>
    /// <param name="epochs">The catalog's epochs.</param>
    /// <param name="warn">Told of damaged epoch records.</param>
    public static IReadOnlyList<string>? Of(
        string root, int? rank, IDurableFiles files, EpochStore epochs, Action<CheckpointWarning> warn)
    {
        if (rank is null && !SessionFolder.HasRanks(files, root))
        {
            return null;
        }

        if (epochs.Highest() == 0 && !files.DirectoryExists(Path.Combine(root, SessionCommit.FolderName)))
        {
            return null;
        }

        return [.. new SessionFolder(root, files, epochs, warn).Read(reuse: false).Line
            .Where(s => s.Defect is null && s.WorldSize > 1 == rank is not null)
            .SelectMany(s => s.Ranks).Where(r => r.Rank == (rank ?? 0)).Select(r => r.CommitId)];
    }
}
