using System.Text.Json;
using System.Xml;
using Cairn.Actors.Seed;
using Cairn.Engine.Runs;
using Cairn.Storage.Ledger;

namespace Cairn.Api.Wire;

/// <summary>Makes what is sent of what the registry answers.</summary>
internal static class Wires
{
    private const int MostMistakes = 1000;
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    public static RunSummary Summary(RunRow run) => new()
    {
        Id = run.RunId,
        Name = run.Name,
        State = run.State,
        CancelRequested = run.CancelRequested,
        Priority = run.Priority,
        Slots = run.Slots,
        Requires = new RequirementsWire(run.Requires.Gpu, run.Requires.Label),
        CheckpointPath = run.CheckpointPath,
        Error = run.Error,
        SubmittedAt = run.SubmittedAt,
        EndedAt = run.EndedAt,
        Progress = new ProgressWire(run.Batches, run.Leased, run.Completed, run.Failed),
    };

    public static RunDetail Detail(RunDescription of)
    {
        var spec = Spec(of.Run);
        return new RunDetail(Summary(of.Run))
        {
            Members = spec?.Ensemble.Size ?? 0,
            LastLeadTime = spec is null ? null : XmlConvert.ToString(spec.LeadTimes.End),
            Spec = Json(of.Run.Spec),
            Batches = [.. of.Batches.Select(Batch).OrderBy(b => b.Part)],
            Attempts = [.. of.Attempts.Select(Attempt)],
            Sessions = [.. of.Sessions.Select(Session)],
            Errors = [.. Errors(of)],
        };
    }

    /// <summary>Null for a spec of another version, which is shown but not understood.</summary>
    private static RunSpec? Spec(RunRow run)
    {
        try
        {
            return run.Spec is { } text ? RunSpecJson.Read(text, run.RunId) : null;
        }
        catch (DataException)
        {
            return null;
        }
    }

    public static EventWire Event(LedgerEvent e) => new(
        e.Number, e.RunId, e.First is { } of ? PartOf(new BatchKey("", of)) : null, e.First is >= 0 and { } first ? first : null,
        e.At, e.Node, e.Kind, Json(e.Detail));

    public static NodeWire Node(NodeRow row) => new(
        row.Node.NodeId, row.Node.Host, row.Node.Pid, row.State, row.Node.Version, row.Node.Slots, row.UsedSlots, row.Leases,
        row.Node.Devices, row.Node.Labels, double.IsNaN(row.Load) ? null : row.Load, Math.Round(row.SinceHeartbeat.TotalSeconds, 3),
        row.RegisteredAt);

    public static IReadOnlyList<MistakeWire> Mistakes(RunSpecException error) =>
        [.. error.Mistakes.Take(MostMistakes).Select(m => new MistakeWire(m.Key, m.Line, m.Column, m.Found, m.Expected, m.ToString()))];

    private static BatchWire Batch(BatchRow row)
    {
        var leadTime = row.CommittedLeadTime is { } committed ? XmlConvert.ToString(committed) : null;
        return new BatchWire(
            PartOf(row.Key), First(row.Key), Last(row), row.State, row.Epoch, row.Node, row.Attempts, row.Losses, leadTime,
            row.NewestSession, row.Error);
    }

    private static AttemptWire Attempt(AttemptRow row) => new(
        PartOf(row.Key), First(row.Key), row.Number, row.Epoch, row.Node, row.StartedAt, row.EndedAt, row.Outcome, row.Cause);

    private static SessionWire Session(SessionRow row) => new(
        First(row.Key), row.Name, row.Epoch, XmlConvert.ToString(row.LeadTime), row.Node, row.ReportedAt);

    private static IEnumerable<ErrorWire> Errors(RunDescription of)
    {
        if (of.Run.Error is { } error)
        {
            yield return new ErrorWire(null, null, null, error);
        }

        foreach (var batch in of.Batches.Where(b => b.Error is not null))
        {
            yield return new ErrorWire(PartOf(batch.Key), First(batch.Key), Last(batch), batch.Error!);
        }
    }

    private static Part PartOf(BatchKey key) => key.IsOpening ? Part.Opening : key.IsClosing ? Part.Closing : Part.Members;

    private static int? Last(BatchRow row) => PartOf(row.Key) == Part.Members ? row.Last : null;

    private static int? First(BatchKey key) => PartOf(key) == Part.Members ? key.First : null;

    private static JsonElement Json(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Empty;
        }

        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
