using System.Globalization;
using Cairn.Cli.Tables;
using Cairn.Storage.Catalog;

namespace Cairn.Cli.Checkpoints;

/// <summary>Lists catalogs in the layout that Earth2Studio uses.</summary>
internal static class CatalogListing
{
    public static int Write(string path, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            JsonOption.Write(output, Json(path));
            return ExitCodes.Done;
        }

        foreach (var (folder, index) in CatalogPaths.Find(path).Select((folder, index) => (folder, index)))
        {
            output.Write(index == 0 ? "" : "\n\n");
            Describe(folder, output);
        }

        output.WriteLine();
        foreach (var root in CatalogPaths.FindWhole(path).Where(HoldsRanks))
            WriteSessions(root, output);

        return ExitCodes.Done;
    }

    private static object Json(string path) => new
    {
        Catalogs = CatalogPaths.Find(path).Select(folder => new { Path = folder, Sessions = Checkpoint.ReadRows(folder).Select(Json) }),
        Gangs = CatalogPaths.FindWhole(path).Where(HoldsRanks).Select(root => (Root: root, Listing: Checkpoint.ReadSessions(root)))
            .Select(gang => new
            {
                Path = gang.Root,
                Sessions = gang.Listing.Sessions.Select(
                    s => new { s.Id, Ranks = s.WorldSize, s.WriteCount, LeadTime = JsonOption.Duration(s.LeadTime) }),
                Torn = gang.Listing.Torn.Select(t => new { t.Row.Rank, t.Row.CommitId, t.Defect }),
                Damaged = gang.Listing.Damaged.Select(d => d.Defect),
            }),
    };

    /// <summary>A session in JSON output.</summary>
    /// <param name="row">The session.</param>
    /// <param name="id">What <c>show</c> and <c>--row</c> take.</param>
    public static object Json(CheckpointRow row, int id) => new
    {
        Id = id, row.CommitId, row.CheckpointName, row.Mode, LeadTime = JsonOption.Duration(row.LeadTime), row.WriteCount, row.SavedAt,
        row.Rank, row.WorldSize, row.Epoch, row.Sequence, row.Parent, row.InFallback, row.StateIds,
        Labels = JsonOption.Value(row.Labels), Metadata = JsonOption.Value(row.Metadata),
    };

    private static bool HoldsRanks(string root) => Directory.GetDirectories(root).Any(CatalogPaths.IsOfRank);

    /// <summary>Which rows of the ranks form a session, and which never will.</summary>
    private static void WriteSessions(string root, TextWriter output)
    {
        var listing = Checkpoint.ReadSessions(root);
        var table = new TextTable("session", "ranks", "write count", "lead time");
        foreach (var session in listing.Sessions)
        {
            table.Add(
                session.Id, session.WorldSize.ToString(CultureInfo.InvariantCulture),
                session.WriteCount.ToString(CultureInfo.InvariantCulture), session.LeadTime?.ToString() ?? "");
        }

        output.WriteLine();
        output.WriteLine($"sessions of {root}: {listing.Sessions.Count}, torn rows: {listing.Torn.Count}");
        output.Write(table.ToString());
        foreach (var torn in listing.Torn)
            output.WriteLine($"torn: rank {torn.Row.Rank}, {torn.Row.CommitId}: {torn.Defect}");

        foreach (var damaged in listing.Damaged)
            output.WriteLine($"damaged: {damaged.Defect}");
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
        checkpoint.WriteListing(output, rows, TerminalWidth.Now);
    }
}
