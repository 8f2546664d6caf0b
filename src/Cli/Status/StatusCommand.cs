using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Tables;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Status;

/// <summary><c>cairn status PATH</c>: where a run stands.</summary>
internal static class StatusCommand
{
    public static Command Build()
    {
        var path = new Argument<string>("PATH")
        {
            Description = "The run's checkpoint folder (checkpoint.path in its spec), or a folder that holds it.",
        };
        var command = new Command("status", "Show where a run stands, batch by batch.") { path };
        command.SetAction(parsed => Show(parsed.GetRequiredValue(path), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Show(string path, TextWriter output)
    {
        var files = new PosixFiles();
        var folder = RunFolders.Find(path);
        if (!RunFolders.IsRun(folder))
        {
            throw new SpecException($"{path} holds no run: there is no {RunRecord.FileName}. "
                + "Expected checkpoint.path of a run that was begun, "
                + "or a folder with such a folder 'checkpoints' in it.");
        }

        var status = RunStatus.Read(folder, files);
        var spec = status.Record.Spec;
        var holder = RunLock.Holder(Path.Combine(folder, RunRecord.LockFileName));
        var idle = status.Complete ? "complete" : "not running; the run command goes on from the newest sessions";
        output.WriteLine($"run {spec.Name}: {(holder is null ? idle : $"running ({holder})")}");
        if (status.Record.BranchedFrom is { } origin)
        {
            output.WriteLine($"branched from {origin}");
        }

        output.WriteLine($"{spec.Ensemble.Size} members, to lead time {LeadTimeText.Of(status.End)}");
        output.WriteLine();
        var table = new TextTable("members", "lead time", "done", "sessions", "starts", "newest session", "saved");
        foreach (var batch in status.Batches)
        {
            table.Add(
                batch.Batch.First == batch.Batch.Last ? $"{batch.Batch.First}" : $"{batch.Batch.First}-{batch.Batch.Last}",
                batch.LeadTime is { } leadTime ? LeadTimeText.Of(leadTime) : "-",
                (batch.LeadTime is { } done ? done / status.End : 0).ToString("P0", CultureInfo.InvariantCulture),
                batch.Sessions.ToString(CultureInfo.InvariantCulture),
                batch.Epochs.ToString(CultureInfo.InvariantCulture),
                batch.Session ?? "-",
                batch.SavedAt ?? "-");
        }

        output.Write(table.ToString());
        return ExitCodes.Done;
    }
}
