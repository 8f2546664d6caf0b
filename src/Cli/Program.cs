using System.CommandLine;
using System.Runtime.InteropServices;
using Cairn.Cli;
using Cairn.Engine.Extensions;
using Cairn.Storage.Durable;
using Spectre.Console;

if (!StandardStreams.IsOpen(2))
{
    // The shell closed it; another file has the descriptor now.
    Console.SetError(TextWriter.Null);
}
else if (OpenFiles.Defect(OpenFiles.Limit, ranks: 0) is { } tooFew)
{
    StandardStreams.Say(tooFew);
    return ExitCodes.Usage;
}

if (!StandardStreams.IsOpen(1))
{
    Console.Error.WriteLine("cairn: standard output is closed. To discard the output: >/dev/null");
    return ExitCodes.Usage;
}

if (WorkingFolder.Defect() is { } gone)
{
    Console.Error.WriteLine($"cairn: {gone}");
    return ExitCodes.Usage;
}

if (LoadedExtensions.Defect() is { } misfit)
{
    Console.Error.WriteLine($"cairn: {misfit}");
    return ExitCodes.Usage;
}

// A file that exceeds the limit (ulimit -f) then is a write error with the file's name, like a full disk.
const PosixSignal FileTooLarge = (PosixSignal)25;
using var large = PosixSignalRegistration.Create(FileTooLarge, static signal => signal.Cancel = true);
Console.SetOut(StandardStreams.Output());
var root = CairnCommand.Build(AnsiConsole.Console);
return CommandRunner.Invoke(root, args, Console.Out, Console.Error);
