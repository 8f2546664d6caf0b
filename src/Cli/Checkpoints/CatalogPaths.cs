using Cairn.Cli.Status;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Checkpoints;

/// <summary>Finds the catalogs at what a user typed: a catalog itself, one per rank, or one per batch of a run.</summary>
internal static class CatalogPaths
{
    /// <summary>Folders of catalogs, in the order of their names.</summary>
    /// <exception cref="SpecException">There is no catalog.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new SpecException($"{path} is no folder. Expected a catalog (a folder with commits/), or a run's checkpoint folder.");
        }

        var folder = RunFolders.Find(path);
        string[] found = IsCatalog(folder) ? [folder] : InOrder(folder, name => name.StartsWith("rank_", StringComparison.Ordinal));
        if (found.Length == 0)
        {
            found = InOrder(folder, name => MemberRange.Parse(name) is not null);
        }

        return found.Length > 0 ? found : throw new SpecException(
            $"{path} holds no catalog: neither commits/ nor catalog.json, nor folders named rank_… or members_… with them. "
            + "Expected a catalog, or a run's checkpoint folder.");
    }

    private static string[] InOrder(string folder, Func<string, bool> named) =>
        [.. Directory.GetDirectories(folder).Where(d => named(Path.GetFileName(d)) && IsCatalog(d)).Order(StringComparer.Ordinal)];

    private static bool IsCatalog(string folder) =>
        Directory.Exists(Path.Combine(folder, "commits")) || File.Exists(Path.Combine(folder, "catalog.json"));
}
