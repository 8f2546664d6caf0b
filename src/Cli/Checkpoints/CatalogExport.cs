using Cairn.Cli.Status;
using Cairn.Storage.Catalog;
using Cairn.Storage.Chm.Conversion;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Checkpoints;

/// <summary>The result of an export.</summary>
/// <param name="Written">Each catalog or folder of checkpoints that was written, the number of sessions in it, and the newest.</param>
/// <param name="LeftOut">What the other format cannot hold.</param>
internal sealed record Exported(IReadOnlyList<ExportedFolder> Written, IReadOnlyList<string> LeftOut)
{
    public static Exported Of(string destination, Converted converted) =>
        new([new ExportedFolder(destination, converted.Written.Count, converted.Written[^1])], converted.LeftOut);

    public void Write(TextWriter output)
    {
        foreach (var (path, count, newest) in Written)
            output.WriteLine($"{path}: {count} written, the newest {newest}");

        foreach (var thing in LeftOut)
            output.WriteLine($"left out: {thing}");
    }
}

internal sealed record ExportedFolder(string Path, int Count, string Newest);

/// <summary>Exports catalogs to Earth2Studio.</summary>
internal static class CatalogExport
{
    public static Exported Run(string path, string destination, int? row)
    {
        var folders = CatalogPaths.Find(path);
        var ofRanks = CatalogPaths.IsOfRank(folders[0]);
        if (folders.Count > 1 || ofRanks)
            RequireFree(destination);

        List<ExportedFolder> written = [];
        foreach (var folder in folders)
        {
            var name = folders.Count == 1 ? Path.GetFileName(folder) : Path.GetRelativePath(RunFolders.Find(path), folder);
            var target = folders.Count == 1 && !ofRanks ? destination : Path.Combine(destination, name);
            var rows = Checkpoint.Export(folder, target, row);
            written.Add(new ExportedFolder(target, rows.Count, rows[^1].CommitId));
        }

        return new Exported(written, []);
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
