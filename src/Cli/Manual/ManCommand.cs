using System.CommandLine;

namespace Cairn.Cli.Manual;

/// <summary><c>cairn man</c>: prints the manual page, generated from the commands' help.</summary>
internal static class ManCommand
{
    public static Command Build()
    {
        var command = new Command("man", "Print the manual page: cairn man | man -l -, or into a folder man1 of $MANPATH as cairn.1.");
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(ManualPage.Of(parsed.RootCommandResult.Command));
            return ExitCodes.Done;
        });
        return command;
    }
}
