using System.CommandLine;
using System.Runtime.InteropServices;
using Cairn.Cli;
using Cairn.Engine.Extensions;
using Cairn.Storage.Durable;
using Spectre.Console;

if (!StandardStreams.IsOpen(2))
{
    // What has taken its place is something else's.
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

// A file that grows beyond the limit (ulimit -f) is then an error of the write, told by the file's name, as a full disk is.
const PosixSignal FileTooLarge = (PosixSignal)25;
using var large = PosixSignalRegistration.Create(FileTooLarge, static signal => signal.Cancel = true);
Console.SetOut(StandardStreams.Output());
var root = CairnCommand.Build(AnsiConsole.Console);
return CommandRunner.Invoke(root, args, Console.Out, Console.Error);
