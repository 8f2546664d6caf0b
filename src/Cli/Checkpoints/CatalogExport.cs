using Cairn.Cli.Status;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Words;

namespace Cairn.Cli.Checkpoints;

/// <summary>Exports catalogs to Earth2Studio.</summary>
internal static class CatalogExport
{
    public static int Write(string path, string destination, int? row, TextWriter output)
    {
        var folders = CatalogPaths.Find(path);
        var ofRanks = CatalogPaths.IsOfRank(folders[0]);
        if (folders.Count > 1 || ofRanks)
        {
            RequireFree(destination);
        }

        foreach (var folder in folders)
        {
            var name = folders.Count == 1 ? Path.GetFileName(folder) : Path.GetRelativePath(RunFolders.Find(path), folder);
            var target = folders.Count == 1 && !ofRanks ? destination : Path.Combine(destination, name);
            var rows = Checkpoint.Export(folder, target, row);
            output.WriteLine($"{target}: {Count.Of(rows.Count, "session")}, the newest {rows[^1].CommitId}");
        }

        return ExitCodes.Done;
    }

    private static void RequireFree(string destination)
    {
        if (PathFound.IsFile(destination) || (PathFound.IsFolder(destination) && Directory.EnumerateFileSystemEntries(destination).Any()))
        {
            throw new SpecException(
                $"{destination} exists already and is not empty. Name a folder that does not exist yet; nothing was written.");
        }
    }
}
