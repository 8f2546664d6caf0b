using System.CommandLine;

namespace Cairn.Cli.Checkpoints;

/// <summary><c>cairn checkpoints …</c>: looks at catalogs, Cairn's and Earth2Studio's alike, without changing them.</summary>
internal static class CheckpointsCommand
{
    public static Command Build() => new("checkpoints", "Look at catalogs of sessions, Cairn's and Earth2Studio's alike.")
    {
        ListCommand(), ShowCommand(), VerifyCommand(),
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
}
