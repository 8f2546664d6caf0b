using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Api.Wire;

/// <summary>Converts a run's journal into the API's events.</summary>
internal static class EventWires
{
    public static EventWire Of(string run, JournaledEvent journaled)
    {
        var (kind, batch, node, detail) = Describe(run, journaled.Event);
        var part = Wires.PartOf(batch);
        var isOfMembers = part == Part.Members;
        return new EventWire(
            journaled.Number, run, part, isOfMembers ? batch!.Value.First : null, isOfMembers ? batch!.Value.Last : null,
                journaled.Event.At,
            node, kind, JsonSerializer.SerializeToElement(detail, WireJson.Options))
        {
            Of = batch?.Of,
        };
    }

    private static (string Kind, MemberRange? Batch, string? Node, object Detail) Describe(string run, JournalEvent journaled) =>
        journaled switch
        {
            RunSubmitted e => ("run submitted", null, null, new { e.Run.Priority }),
            RunOpened e => ("run opened", null, null, new { Batches = e.Batches.Count }),
            RunPaused => ("run paused", null, null, new { }),
            RunResumed => ("run resumed", null, null, new { }),
            RunCancelled => ("run cancelled", null, null, new { }),
            RunRetried => ("run retried", null, null, new { }),
            RunClosed e => ($"run {Word(e.State)}", null, null, new { e.Error }),
            BatchGranted e => ("granted", e.Batch, e.Shares[0].Node, new { e.Epoch, e.Attempt }),
            AttemptBegun e => ("started again", e.Batch, null, new { e.Epoch, e.Attempt, e.Cause }),
            SessionReported e => (
                "session committed", e.Batch, null, new { e.Session, e.Epoch, LeadTime = XmlConvert.ToString(e.LeadTime) }),
            AttemptEnded e => (Word(e.Outcome), e.Batch, null, new { e.Cause, e.Steps }),
            BatchQuarantined e => ("quarantined", e.Batch, null, new { e.Losses, e.Error }),
            BatchTakenUp e => ("taken up again", e.Batch, null, new { }),
            BatchDropped e => ("dropped", e.Batch, null, new { Cause = "the deadline is at risk, and it was not begun" }),
            DeadlineTold e => (e.Error is null ? "deadline alert sent" : "deadline alert failed", null, null, new
            {
                Alert = $"{run}/{e.Number}", Deadline = Word(e.State), e.Tries, e.Error,
            }),
            DeadlineChanged e => (Kind(e.State), null, null, new { e.Due, e.Expected, e.Complete, e.Members }),
            RunNoted e => (Kind(e.Event), e.Event.Batch ?? e.Batch, null, Detail(e.Event, e.Event.Batch ?? e.Batch)),
            _ => throw new InvalidOperationException($"{journaled.GetType()} is not an event of a run's journal."),
        };

    private static string Kind(DeadlineState state) => state == DeadlineState.OnTime ? "deadline back on time" : $"deadline {Word(state)}";

    /// <summary>An event of a node has its JSON name, and its data.</summary>
    private static string Kind(RunEvent happened) => Node(happened)["kind"]!.GetValue<string>().Replace('-', ' ');

    private static JsonObject Detail(RunEvent happened, MemberRange batch)
    {
        var detail = Node(happened);
        detail.Remove("kind");
        detail.Remove("batch");
        if (detail["member"] is JsonValue member)
        {
            // People look for the member's number within its initial time.
            detail["member"] = batch.MemberOf(member.GetValue<int>());
        }

        return detail;
    }

    private static JsonObject Node(RunEvent happened) =>
        JsonSerializer.SerializeToNode<RunEvent>(happened, DetailJson)!.AsObject();

    private static JsonSerializerOptions DetailJson { get; } = new(WireJson.Options) { Converters = { new LeadTimes() } };

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{value}").Replace('_', ' ');

    /// <summary>Durations as ISO 8601, as everywhere in the API.</summary>
    private sealed class LeadTimes : System.Text.Json.Serialization.JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            XmlConvert.ToTimeSpan(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteStringValue(XmlConvert.ToString(value));
    }
}
