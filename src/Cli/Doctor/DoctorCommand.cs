using System.CommandLine;
using Cairn.Cli.Services;
using Cairn.Storage.Durable;
using Spectre.Console;

namespace Cairn.Cli.Doctor;

/// <summary><c>cairn doctor [PATH] [--cluster]</c>.</summary>
public static class DoctorCommand
{
    private const string MountInfo = "/proc/self/mountinfo";

    public static Command Build()
    {
        var path = new Argument<string?>("PATH")
        {
            Description = "A directory for checkpoints or output, to test whether commits can rely on its file system",
            Arity = ArgumentArity.ZeroOrOne,
        };
        const string Purpose = "Show what this machine has, how to install what is missing, and whether a file system works as commits "
            + "need it";
        var cluster = new Option<bool>("--cluster")
        {
            Description = "Show which names, ports and certificate a node would use here, and whether it reaches a seed.",
        };
        var node = new NodeOptions("--seed", "With --cluster: a seed to reach");
        var files = new ServiceFiles("worker.conf");
        var json = new JsonOption();
        var command = new Command("doctor", Purpose) { path, cluster };
        json.AddTo(command);
        node.AddTo(command);
        files.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var report = DoctorReport.Examine(parsed.GetValue(path), new ThisMachine(), ThisFileSystem());
            if (parsed.GetValue(cluster))
            {
                var settings = node.Apply(parsed, files.Read(parsed).Cluster);
                report = report.With(await ClusterExamination.RunAsync(settings, cancel).ConfigureAwait(false));
            }

            return Show(report, json.IsIn(parsed), parsed.InvocationConfiguration.Output);
        });
        return command;
    }

    private static int Show(DoctorReport report, bool asJson, TextWriter output)
    {
        if (asJson)
            JsonOption.Write(output, new { CanRun = report.ExitCode == ExitCodes.Done, report.Sections });
        else if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
            DoctorRendering.WriteTables(report, AnsiConsole.Console);
        else
            DoctorRendering.WritePlain(report, output);

        return report.ExitCode;
    }

    private static FileSystemExamination ThisFileSystem() => new(
        new PosixFiles(),
        lockFile => RunLock.Acquire(lockFile, TimeProvider.System),
        TimeProvider.System,
        File.Exists(MountInfo) ? File.ReadAllLines(MountInfo) : [],
        place => new DriveInfo(place).AvailableFreeSpace);
}
