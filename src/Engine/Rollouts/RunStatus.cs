using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Engine.Rollouts;

/// <summary>Where a batch stands, by its newest session.</summary>
/// <param name="Batch">Its members.</param>
/// <param name="Row">Its newest session, or null before the first.</param>
/// <param name="Sessions">How many sessions it has.</param>
/// <param name="Epochs">How often it was started.</param>
public sealed record BatchStatus(MemberRange Batch, CheckpointRow? Row, int Sessions, int Epochs);

/// <summary>Where a run stands, read from its folder without touching it.</summary>
/// <param name="Record">Its record.</param>
/// <param name="Batches">Its batches, in order of members.</param>
public sealed record RunStatus(RunRecord Record, IReadOnlyList<BatchStatus> Batches)
{
    /// <summary>The last lead time of the run.</summary>
    public TimeSpan End => Record.Spec.LeadTimes.End;

    /// <summary>Whether every batch has a session at the last lead time.</summary>
    public bool Complete => Batches.All(b => b.Row?.LeadTime >= End);

    /// <summary>Reads a run's folder (<c>checkpoint.path</c>).</summary>
    /// <exception cref="DataException">There is no run at <paramref name="folder"/>, or its record is damaged.</exception>
    public static RunStatus Read(string folder, IDurableFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var path = Path.Combine(folder, RunRecord.FileName);
        if (!files.FileExists(path))
        {
            throw new DataException(
                $"{folder} holds no run: there is no {RunRecord.FileName}. Expected the checkpoint.path of a run that was begun.");
        }

        var record = RunRecord.Read(path);
        return new RunStatus(record, [.. record.Batches.Select(batch => Read(folder, batch, files))]);
    }

    private static BatchStatus Read(string folder, MemberRange batch, IDurableFiles files)
    {
        var catalog = Path.Combine(folder, batch.FolderName);
        if (!files.DirectoryExists(Path.Combine(catalog, "commits")))
        {
            return new BatchStatus(batch, null, 0, 0);
        }

        var rows = Checkpoint.ReadRows(catalog, files);
        var epochs = files.List(Path.Combine(catalog, "epochs")).Count(e => e.IsFile && e.Name.EndsWith(".json", StringComparison.Ordinal));
        return new BatchStatus(batch, rows.Count == 0 ? null : rows[^1], rows.Count, epochs);
    }
}
