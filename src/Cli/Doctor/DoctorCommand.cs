using System.CommandLine;
using Cairn.Storage.Durable;
using Spectre.Console;

namespace Cairn.Cli.Doctor;

/// <summary><c>cairn doctor [PATH]</c>.</summary>
public static class DoctorCommand
{
    private const string MountInfo = "/proc/self/mountinfo";

    public static Command Build()
    {
        var path = new Argument<string?>("PATH")
        {
            Description = "A directory for checkpoints or output: is its file system one that commits can rely on?",
            Arity = ArgumentArity.ZeroOrOne,
        };
        const string Purpose = "Show what this machine has, how to get what is missing, and whether a file system keeps its promises";
        var command = new Command("doctor", Purpose) { path };
        command.SetAction(parsed => Run(parsed.GetValue(path), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string? path, TextWriter output)
    {
        var report = DoctorReport.Examine(path, new ThisMachine(), ThisFileSystem());
        if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
        {
            DoctorRendering.WriteTables(report, AnsiConsole.Console);
        }
        else
        {
            DoctorRendering.WritePlain(report, output);
        }

        return report.ExitCode;
    }

    private static FileSystemExamination ThisFileSystem() => new(
        new PosixFiles(),
        lockFile => RunLock.Acquire(lockFile, TimeProvider.System),
        TimeProvider.System,
        File.Exists(MountInfo) ? File.ReadAllLines(MountInfo) : [],
        place => new DriveInfo(place).AvailableFreeSpace);
}
