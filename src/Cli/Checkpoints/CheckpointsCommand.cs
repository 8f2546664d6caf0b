using System.CommandLine;
using Cairn.Cli.Checkpoints.Chm;

namespace Cairn.Cli.Checkpoints;

/// <summary>
/// <c>cairn checkpoints …</c>: lists, shows, verifies, prunes and exports catalogs of Cairn and Earth2Studio, and CHM's checkpoints.
/// </summary>
internal static class CheckpointsCommand
{
    public static Command Build() => new(
        "checkpoints",
        "Inspect catalogs of sessions, Cairn's and Earth2Studio's, and CHM's checkpoints; prune and export them.")
    {
        ListCommand(), ShowCommand(), VerifyCommand(), PruneCommand(), ExportCommand(),
    };

    private static Argument<string> PathArgument() => new("PATH")
    {
        Description = "A catalog, a run's checkpoint folder, or a folder that contains one; for CHM also a checkpoint's JSON.",
    };

    private static Command ListCommand()
    {
        var (path, json) = (PathArgument(), new JsonOption());
        var command = new Command("ls", "List the sessions of each catalog, oldest first.") { path };
        json.AddTo(command);
        command.SetAction(parsed => ChmPaths.Find(parsed.GetRequiredValue(path)) is { Count: > 0 } chm
            ? ChmDisplay.List(chm, json.IsIn(parsed), parsed.InvocationConfiguration.Output)
            : CatalogListing.Write(parsed.GetRequiredValue(path), json.IsIn(parsed), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command ShowCommand()
    {
        var (path, json) = (PathArgument(), new JsonOption());
        var row = new Argument<int>("ROW")
        {
            Description = "Which session: its id in the list; negative counts from the newest.",
            DefaultValueFactory = _ => -1,
        };
        var command = new Command("show", "Show what one session holds: metadata, states, fields, kinds and shapes.") { path, row };
        json.AddTo(command);
        command.SetAction(parsed => ChmPaths.Find(parsed.GetRequiredValue(path)) is { Count: > 0 } chm
            ? ChmDisplay.Show(
                ChmPaths.At(chm, parsed.GetValue(row), parsed.GetRequiredValue(path)), json.IsIn(parsed),
                parsed.InvocationConfiguration.Output)
            : CommitDisplay.Write(
                parsed.GetRequiredValue(path), parsed.GetValue(row), json.IsIn(parsed), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command VerifyCommand()
    {
        var (path, json) = (PathArgument(), new JsonOption());
        var strictRanks = new Option<int?>("--strict-ranks")
        {
            Description = "For CHM's checkpoints: refuse those not written by N ranks, as CHM does.",
            HelpName = "N",
        };
        var command = new Command("verify", "Read every byte of every session and check it; exit 1 if anything is damaged.")
        {
            path, strictRanks,
        };
        json.AddTo(command);
        command.SetAction(parsed => ChmPaths.Find(parsed.GetRequiredValue(path)) is { Count: > 0 } chm
            ? ChmDisplay.Verify(chm, parsed.GetValue(strictRanks), json.IsIn(parsed), parsed.InvocationConfiguration.Output)
            : CatalogVerification.Write(parsed.GetRequiredValue(path), json.IsIn(parsed), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command PruneCommand()
    {
        var (path, json) = (PathArgument(), new JsonOption());
        var keep = new Option<int?>("--keep")
        {
            Description = "Keep only the N newest valid sessions of each catalog; without it, all valid ones.",
            HelpName = "N",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be removed." };
        var command = new Command(
            "prune",
            "Remove leftovers of dead and superseded processes, and with --keep older sessions. The newest valid session and the base of "
            + "the current epoch always stay. Refused while a process runs the run; a catalog outside a run has no lock, so make sure "
            + "that no process writes to it.")
        {
            path, keep, dryRun,
        };
        json.AddTo(command);
        command.SetAction(parsed => CatalogPrune.Write(
            parsed.GetRequiredValue(path), parsed.GetValue(keep), parsed.GetValue(dryRun), json.IsIn(parsed),
            parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command ExportCommand()
    {
        var (path, json) = (PathArgument(), new JsonOption());
        var destination = new Argument<string>("DEST") { Description = "A folder that does not exist yet, or is empty." };
        var to = new Option<string>("--to") { Description = "The format to write.", Required = true };
        to.AcceptOnlyFromAmong(ExportTarget.EarthStudio, ExportTarget.Chm, ExportTarget.Cairn);
        var row = new Option<int?>("--row")
        {
            Description = "Export only this session: its id in the list; negative counts from the newest.",
            HelpName = "N",
        };
        var initialTime = new Option<string?>("--initial-time")
        {
            Description = "For chm: the time of lead time zero, in UTC, for a catalog whose metadata has no restart_time.",
            HelpName = "TIME",
        };
        var command = new Command(
            "export",
            "Copy sessions, every byte checked, into another system's format, and report what has no place there. To earth2studio: a "
            + "catalog without Cairn's additions, which Earth2Studio opens, restores from and continues; several catalogs become folders "
            + "of the same names in DEST. To chm: checkpoints of one rank, of arrays over triangles. CHM's checkpoints become catalogs.")
        {
            path, destination, to, row, initialTime,
        };
        json.AddTo(command);
        command.SetAction(parsed =>
        {
            var (into, output) = (parsed.GetRequiredValue(destination), parsed.InvocationConfiguration.Output);
            var exported = Export(
                parsed.GetRequiredValue(path), into, parsed.GetRequiredValue(to), parsed.GetValue(row), parsed.GetValue(initialTime));
            if (json.IsIn(parsed))
                JsonOption.Write(output, exported);
            else
                exported.Write(output);

            return ExitCodes.Done;
        });
        return command;
    }

    private static Exported Export(string path, string destination, string to, int? row, string? initialTime) =>
        ChmPaths.Find(path) is { Count: > 0 } chm
            ? Exported.Of(destination, Conversion.FromChm(row is { } at ? [ChmPaths.At(chm, at, path)] : chm, destination, to))
        : to == ExportTarget.Chm ? Exported.Of(destination, Conversion.ToChm(path, destination, row, initialTime))
        : to == ExportTarget.EarthStudio ? CatalogExport.Run(path, destination, row)
        : throw new SpecException(
            $"{path} is not a CHM checkpoint. If it is an Earth2Studio catalog, Cairn opens and continues it without conversion.");
}
