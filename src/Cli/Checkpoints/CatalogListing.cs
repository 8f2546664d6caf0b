using Cairn.Storage.Catalog;

namespace Cairn.Cli.Checkpoints;

/// <summary>Lists catalogs in the form that Earth2Studio prints them.</summary>
internal static class CatalogListing
{
    public static int Write(string path, TextWriter output)
    {
        output.WriteLine(string.Join("\n\n", CatalogPaths.Find(path).Select(Describe)));
        return ExitCodes.Done;
    }

    private static string Describe(string folder)
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
        return checkpoint.ToString();
    }
}
