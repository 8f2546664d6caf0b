using System.CommandLine;

namespace Cairn.Cli.Checkpoints;

/// <summary><c>cairn checkpoints …</c>: looks at catalogs, Cairn's and Earth2Studio's alike, clears them up and hands them on.</summary>
internal static class CheckpointsCommand
{
    public static Command Build() => new(
        "checkpoints", "Look at catalogs of sessions, Cairn's and Earth2Studio's alike; clear them up, hand them on.")
    {
        ListCommand(), ShowCommand(), VerifyCommand(), PruneCommand(), ExportCommand(),
    };

    private static Argument<string> PathArgument() =>
        new("PATH") { Description = "A catalog, a run's checkpoint folder, or a folder that holds one." };

    private static Command ListCommand()
    {
        var path = PathArgument();
        var command = new Command("ls", "List the sessions of each catalog, oldest first.") { path };
        command.SetAction(parsed => CatalogListing.Write(parsed.GetRequiredValue(path), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command ShowCommand()
    {
        var path = PathArgument();
        var row = new Argument<int>("ROW")
        {
            Description = "Which session: its id in the list; negative counts from the newest.",
            DefaultValueFactory = _ => -1,
        };
        var command = new Command("show", "Show what one session holds: metadata, states, fields, kinds and shapes.") { path, row };
        command.SetAction(parsed =>
            CommitDisplay.Write(parsed.GetRequiredValue(path), parsed.GetValue(row), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command VerifyCommand()
    {
        var path = PathArgument();
        var command = new Command("verify", "Read every byte of every session and check it; exit 1 if anything is damaged.") { path };
        command.SetAction(parsed => CatalogVerification.Write(parsed.GetRequiredValue(path), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command PruneCommand()
    {
        var path = PathArgument();
        var keep = new Option<int?>("--keep")
        {
            Description = "Keep only the N newest valid sessions of each catalog; without it, all that count.",
            HelpName = "N",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what would be removed." };
        var command = new Command(
            "prune",
            "Remove what dead and superseded processes left, and with --keep older sessions. The newest valid session and the base of "
            + "the current epoch always stay. Refused while a run is at it; a catalog outside a run has no lock, so see to that yourself.")
        {
            path, keep, dryRun,
        };
        command.SetAction(parsed => CatalogPrune.Write(
            parsed.GetRequiredValue(path), parsed.GetValue(keep), parsed.GetValue(dryRun), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command ExportCommand()
    {
        var path = PathArgument();
        var destination = new Argument<string>("DEST") { Description = "A folder that does not exist yet, or is empty." };
        var to = new Option<string>("--to") { Description = "Whose catalog to write.", Required = true };
        to.AcceptOnlyFromAmong("earth2studio");
        var row = new Option<int?>("--row")
        {
            Description = "Export only this session: its id in the list; negative counts from the newest.",
            HelpName = "N",
        };
        var command = new Command(
            "export",
            "Copy sessions, every byte checked, into a catalog without anything of Cairn's own, which Earth2Studio opens, restores from "
            + "and continues. Several catalogs become folders of the same names in DEST.")
        {
            path, destination, to, row,
        };
        command.SetAction(parsed => CatalogExport.Write(
            parsed.GetRequiredValue(path), parsed.GetRequiredValue(destination), parsed.GetValue(row),
            parsed.InvocationConfiguration.Output));
        return command;
    }
}
