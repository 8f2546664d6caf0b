using Cairn.Storage.Catalog;

namespace Cairn.Cli.Checkpoints;

/// <summary>Lists catalogs in the form that Earth2Studio prints them.</summary>
internal static class CatalogListing
{
    public static int Write(string path, TextWriter output)
    {
        foreach (var (folder, index) in CatalogPaths.Find(path).Select((folder, index) => (folder, index)))
        {
            output.Write(index == 0 ? "" : "\n\n");
            Describe(folder, output);
        }

        output.WriteLine();
        return ExitCodes.Done;
    }

    private static void Describe(string folder, TextWriter output)
    {
        var rows = Checkpoint.ReadRows(folder);
        var newest = rows.Count > 0 ? rows[^1] : null;
        var ofRanks = newest?.WorldSize > 1 && Path.GetFileName(folder).StartsWith("rank_", StringComparison.Ordinal);
        var checkpoint = new Checkpoint(newest?.CheckpointName ?? Path.GetFileName(folder), new CheckpointOptions
        {
            Path = ofRanks ? Path.GetDirectoryName(folder) : folder,
            Mode = newest?.Mode ?? CheckpointMode.Append,
            Rank = ofRanks ? newest!.Rank : 0,
            WorldSize = ofRanks ? newest!.WorldSize : 1,
        });
        checkpoint.WriteListing(output, rows);
    }
}
