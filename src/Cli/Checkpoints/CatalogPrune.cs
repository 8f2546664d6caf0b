using System.Globalization;
using Cairn.Cli.Status;
using Cairn.Cli.Tables;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Words;

namespace Cairn.Cli.Checkpoints;

/// <summary>Applies retention on request to one catalog or all batches of a run, while no process runs it.</summary>
internal static class CatalogPrune
{
    public static int Write(string path, int? keep, bool dryRun, bool asJson, TextWriter output)
    {
        var folders = CatalogPaths.FindWhole(path);
        using var held = Take(folders[0], dryRun);
        var items = folders.SelectMany(folder => Checkpoint.Prune(folder, keep, dryRun)).ToList();
        if (asJson)
        {
            var removed = items.Select(i => new { Path = Path.GetRelativePath(path, i.Path), i.Reason, i.Bytes });
            JsonOption.Write(output, new { DryRun = dryRun, Bytes = items.Sum(i => i.Bytes), Removed = removed });
            return ExitCodes.Done;
        }

        var table = new TextTable(dryRun ? "would remove" : "removed", "why", "bytes");
        items.ForEach(i => table.Add(Path.GetRelativePath(path, i.Path), Describe(i.Reason), Grouped(i.Bytes)));
        if (items.Count > 0)
        {
            output.Write(table.ToString());
            output.WriteLine();
        }

        var total = $"{Grouped(items.Sum(i => i.Bytes))} bytes in {Count.Of(items.Count, "place")}";
        var outcome = dryRun ? $"{total} would be freed; nothing was changed" : $"{total} freed";
        output.WriteLine(items.Count == 0 ? "nothing to remove" : outcome);
        return ExitCodes.Done;
    }

    /// <summary>
    /// Holds the run's lock while sessions are deleted. A dry run only checks that it is free; a catalog without a run has no lock.
    /// </summary>
    private static RunLock? Take(string catalog, bool dryRun)
    {
        var full = Path.GetFullPath(catalog).TrimEnd('/');
        var run = new[] { full, Path.GetDirectoryName(full)! }.FirstOrDefault(RunFolders.IsRun);
        if (run is null)
            return null;

        var path = Path.Combine(run, RunRecord.LockFileName);
        if (!dryRun)
            return RunLock.Acquire(path, TimeProvider.System);

        return RunLock.Holder(path) is { } holder
            ? throw new FencedException(
                $"{path} is locked by {holder}. Wait for that process to end, or stop it: files in use cannot be distinguished from "
                + "leftovers.")
            : null;
    }

    private static string Describe(PruneReason reason) => reason switch
    {
        PruneReason.Stale => "left by a dead process",
        PruneReason.Superseded => "of a superseded process: never offered for restore",
        _ => "older than what is kept",
    };

    private static string Grouped(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);
}
