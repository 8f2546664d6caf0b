using System.Text.Json;
using System.Xml;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Api.Wire;

/// <summary>Converts the registry's answers into the API's records.</summary>
internal static class Wires
{
    private const int MostMistakes = 1000;

    public static RunSummary Summary(RunRow run, RunPace? pace) => new()
    {
        Id = run.Id,
        Name = run.Name,
        State = run.State,
        CancelRequested = run.IsCancelled,
        Paused = run.IsPaused,
        Priority = run.Priority,
        Slots = run.Slots,
        Requires = new RequirementsWire(run.Requires.Gpu, run.Requires.Label),
        CheckpointPath = run.CheckpointPath,
        Members = run.Members,
        LastLeadTime = XmlConvert.ToString(run.LastLeadTime),
        BegunFrom = run.BegunFrom,
        Error = run.Error,
        SubmittedAt = run.SubmittedAt,
        EndedAt = run.EndedAt,
        Deadline = run.Deadline is { } d ? new DeadlineWire(d.Due, d.State, d.Members, d.Complete, d.Expected) : null,
        Progress = new ProgressWire(run.Batches.Total, run.Batches.Granted, run.Batches.Completed, run.Batches.Failed)
        {
            Dropped = run.Batches.Dropped,
        },
        Pace = pace is { } of ? Pace(of) : null,
    };

    public static RunDetail Detail(RunDescription of, IReadOnlyList<BatchRow> batches, bool withAttempts)
    {
        using var spec = JsonDocument.Parse(of.Spec);
        return new RunDetail(Summary(of.Run, of.Pace))
        {
            Spec = spec.RootElement.Clone(),
            Batches = [.. batches.Select(Batch).OrderBy(b => b.Part)],
            Attempts = withAttempts ? [.. batches.SelectMany(b => b.Attempts.Select(a => Attempt(b.Batch, a)))] : [],
            Errors = [.. Errors(of.Run, batches)],
        };
    }

    public static CheckedSpec Checked(SpecChecked read)
    {
        using var spec = JsonDocument.Parse(read.Spec);
        return new CheckedSpec(read.Name, spec.RootElement.Clone());
    }

    public static NodeWire Node(NodeRow row) => new(
        row.Node.Id, row.Node.Host, row.Node.Pid, row.Node.Address, row.State, row.Node.Version, row.Node.Slots, row.UsedSlots, row.Batches,
        row.Node.Devices, row.Node.Labels, row.Load, Seconds(row.SinceHeard), row.Silent is { } silent ? Seconds(silent) : null,
        row.RegisteredAt);

    public static MemberWire Member(ClusterMember member) =>
        new(member.Address, member.Roles, member.Status, member.IsReachable, member.IsSelf);

    public static IReadOnlyList<MistakeWire> Mistakes(IEnumerable<SpecMistake> mistakes) =>
        [.. mistakes.Take(MostMistakes).Select(m => new MistakeWire(m.Key, m.Line, m.Column, m.Found, m.Expected, m.ToString()))];

    /// <summary>The name of a batch's part; null for the run as a whole.</summary>
    public static Part? PartOf(MemberRange? batch) => batch is not { } of ? null
        : of == RunWork.Opening ? Part.Opening
        : of == RunWork.Closing ? Part.Closing : Part.Members;

    private static BatchWire Batch(BatchRow row) => new(
        PartOf(row.Batch)!.Value, First(row.Batch), Last(row.Batch), row.State, row.Epoch, row.Node, row.Attempts.Count, row.Losses,
        Text(row.LeadTime), Text(row.Newest?.LeadTime), row.Newest?.Session, row.Waits, row.Error)
    {
        Of = row.Batch.Of,
    };

    private static AttemptWire Attempt(MemberRange batch, Attempt attempt) => new(
        PartOf(batch)!.Value, First(batch), Last(batch), attempt.Number, attempt.Epoch, attempt.Node, attempt.BeganAt, attempt.EndedAt,
        attempt.Outcome, attempt.Cause)
    {
        Of = batch.Of,
    };

    private static PaceWire Pace(RunPace pace) => new(
        Math.Round(pace.StepsPerSecond, 3), Math.Round(pace.Done, 6), pace.Left is { } left ? Seconds(left) : null);

    private static IEnumerable<ErrorWire> Errors(RunRow run, IReadOnlyList<BatchRow> batches)
    {
        if (run.Error is { } error)
            yield return new ErrorWire(null, null, null, error);

        foreach (var batch in batches.Where(b => b.Error is not null))
            yield return new ErrorWire(PartOf(batch.Batch), First(batch.Batch), Last(batch.Batch), batch.Error!) { Of = batch.Batch.Of };
    }

    private static int? First(MemberRange batch) => PartOf(batch) == Part.Members ? batch.First : null;

    private static int? Last(MemberRange batch) => PartOf(batch) == Part.Members ? batch.Last : null;

    private static string? Text(TimeSpan? leadTime) => leadTime is { } of ? XmlConvert.ToString(of) : null;

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
