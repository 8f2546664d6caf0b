using System.CommandLine;
using Cairn.Cli;
using Cairn.Storage.Durable;
using Spectre.Console;

if (OpenFiles.Defect(OpenFiles.Limit, ranks: 0) is { } tooFew)
{
    Console.Error.WriteLine($"cairn: {tooFew}");
    return ExitCodes.Usage;
}

if (!StandardOutput.IsOpen)
{
    Console.Error.WriteLine("cairn: standard output is closed. Where nobody is to read it: >/dev/null");
    return ExitCodes.Usage;
}

var root = CairnCommand.Build(AnsiConsole.Console);
return CommandRunner.Invoke(root, args, Console.Out, Console.Error);
