using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Cairn.Cli.Tables;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;
using Cairn.Storage.Words;

namespace Cairn.Cli.Status;

/// <summary>The status of a run, from its folder.</summary>
internal static class FolderStatus
{
    /// <summary>The text, or a line of JSON, and whether the status is final until the run is started again.</summary>
    /// <exception cref="SpecException">There is no run in that folder.</exception>
    public static (string Text, bool Ended) Read(string path, bool asJson)
    {
        var files = new PosixFiles();
        var folder = RunFolders.Require(path);
        var status = RunStatus.Read(folder, files);
        var spec = status.Record.Spec;
        var holder = RunLock.Holder(Path.Combine(folder, RunRecord.LockFileName));
        if (asJson)
            return (JsonOption.Line(Json(folder, status, holder)) + '\n', holder is null);

        var idle = status.Complete ? "complete" : "not running; the run command continues from the newest sessions";
        var text = new StringBuilder($"run {spec.Name}: {(holder is null ? idle : $"running ({holder})")}\n");
        if (status.Record.BranchedFrom is { } origin)
            text.Append(CultureInfo.InvariantCulture, $"branched from {origin}\n");

        if (BegunFromChm.Of(spec) is { } begun)
            text.Append(begun.Describe()).Append('\n');

        text.Append(Count.Of(spec.Ensemble.Size, "member"));
        text.Append(spec.Initial.TimeCount == 1 ? "" : $" of each of {spec.Initial.TimeCount} initial times");
        text.Append(CultureInfo.InvariantCulture, $", to lead time {LeadTimeText.Of(status.End)}\n\n");
        return (text.Append(Batches(status)).ToString(), holder is null);
    }

    private static object Json(string folder, RunStatus status, string? holder) => new
    {
        status.Record.Spec.Name,
        CheckpointPath = Path.GetFullPath(folder),
        status.Complete,
        RunningAs = holder,
        status.Record.BranchedFrom,
        BegunFrom = BegunFromChm.Of(status.Record.Spec)?.Describe(),
        Members = status.Record.Spec.Ensemble.Size,
        LastLeadTime = JsonOption.Duration(status.End),
        Batches = status.Batches.Select(b => new BatchLine(b) { Of = b.Batch.Of }),
    };

    private static TextTable Batches(RunStatus status)
    {
        var table = new TextTable("members", "lead time", "done", "sessions", "starts", "newest session", "saved")
        {
            Spare = ["starts", "sessions", "done"],
        };
        foreach (var batch in status.Batches)
        {
            table.Add(
                batch.Batch.Numbers,
                batch.LeadTime is { } leadTime ? LeadTimeText.Of(leadTime) : "-",
                (batch.LeadTime is { } done ? done / status.End : 0).ToString("P0", CultureInfo.InvariantCulture),
                batch.Sessions.ToString(CultureInfo.InvariantCulture),
                batch.Epochs.ToString(CultureInfo.InvariantCulture),
                batch.Session ?? "-",
                batch.SavedAt ?? "-");
        }

        return table;
    }

    /// <summary>A batch in JSON output.</summary>
    private sealed record BatchLine(int First, int Last, string? LeadTime, int Sessions, int Starts, string? Session, string? SavedAt)
    {
        internal BatchLine(BatchStatus of)
            : this(of.Batch.First, of.Batch.Last, JsonOption.Duration(of.LeadTime), of.Sessions, of.Epochs, of.Session, of.SavedAt)
        {
        }

        /// <summary>Its initial time, if there are several.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public BatchTime? Of { get; init; }
    }
}
