using System.CommandLine;
using Cairn.Cli;
using Spectre.Console;

var root = CairnCommand.Build(AnsiConsole.Console);
return CommandRunner.Invoke(root, args, Console.Out, Console.Error);
