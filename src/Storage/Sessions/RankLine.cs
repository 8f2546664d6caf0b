using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Sessions;

/// <summary>Which of one rank's commits are rows: those that sessions name, once a coordinator has begun an epoch.</summary>
internal static class RankLine
{
    /// <summary>
    /// The rank's commits in the order of their sessions; null for a catalog without coordinator, where each rank is on its own.
    /// </summary>
    public static IReadOnlyList<string>? Of(string root, int rank, IDurableFiles files, EpochStore epochs, Action<CheckpointWarning> warn)
    {
        if (epochs.Highest() == 0 && !files.DirectoryExists(Path.Combine(root, SessionCommit.FolderName)))
        {
            return null;
        }

        return [.. new SessionFolder(root, files, epochs, warn).Read(reuse: false).Line
            .Where(s => s.Defect is null && s.WorldSize > 1)
            .SelectMany(s => s.Ranks).Where(r => r.Rank == rank).Select(r => r.CommitId)];
    }
}
