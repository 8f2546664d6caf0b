using Cairn.Cli.Status;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Checkpoints;

/// <summary>Finds the catalogs at a path from the command line: one catalog, one per rank, or one per batch of a run.</summary>
internal static class CatalogPaths
{
    /// <summary>Folders of catalogs, ordered by name.</summary>
    /// <exception cref="SpecException">There is no catalog.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        if (!PathFound.IsFolder(path))
            throw new SpecException($"{path} is not a folder. Expected a catalog (a folder with commits/), or a run's checkpoint folder.");

        var folder = RunFolders.Find(path);
        var found = At(folder);
        if (found.Count == 0)
            found = [.. InOrder(folder, name => MemberRange.Parse(name) is not null).SelectMany(At)];

        return found.Count > 0 ? found : throw new SpecException(
            $"{path} holds no catalog: neither commits/ nor catalog.json, nor folders named rank_… or members_… with them. "
            + "Expected a catalog, or a run's checkpoint folder.");
    }

    /// <summary>
    /// The folders of whole catalogs: with several ranks, the folder that contains theirs, unless <paramref name="path"/> itself is a
    /// rank's.
    /// </summary>
    /// <inheritdoc cref="Find"/>
    public static IReadOnlyList<string> FindWhole(string path)
    {
        var found = Find(path);
        var typed = RunFolders.Find(path).TrimEnd('/');
        string Whole(string folder) => IsOfRank(folder) && folder.TrimEnd('/') != typed ? Path.GetDirectoryName(folder)! : folder;
        return [.. found.Select(Whole).Distinct()];
    }

    /// <summary>Whether a folder is one rank's.</summary>
    public static bool IsOfRank(string folder) => Path.GetFileName(folder.TrimEnd('/')).StartsWith("rank_", StringComparison.Ordinal);

    /// <summary>
    /// The folder itself if it contains one rank's commits (it then represents its ranks as well), otherwise the catalogs of all ranks
    /// ranks in it.
    /// </summary>
    private static IReadOnlyList<string> At(string folder) =>
        HoldsCommits(folder) ? [folder]
        : InOrder(folder, name => IsOfRank(name)).Where(IsCatalog).ToList() is { Count: > 0 } ranks ? ranks
        : IsCatalog(folder) ? [folder]
        : [];

    private static bool HoldsCommits(string folder) =>
        PathFound.IsFolder(Path.Combine(folder, "commits")) && Directory.EnumerateDirectories(Path.Combine(folder, "commits")).Any();

    private static string[] InOrder(string folder, Func<string, bool> named) =>
        [.. Directory.GetDirectories(folder).Where(d => named(Path.GetFileName(d))).Order(StringComparer.Ordinal)];

    private static bool IsCatalog(string folder) =>
        PathFound.IsFolder(Path.Combine(folder, "commits")) || PathFound.IsFile(Path.Combine(folder, "catalog.json"));
}
