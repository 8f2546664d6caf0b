
namespace Cairn.Engine.Rollouts;

/// <summary>Events as journals keep them.</summary>
public static class RunEventJson
{
    /// <summary>A line of a journal: when, what, and of which batch. Null for events that come too often to be kept.</summary>
    public static string? Line(RunEvent runEvent, DateTimeOffset at)
    {
        if (Describe(runEvent) is not { } line)
            return null;
        line.Insert(0, "at", at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffK", CultureInfo.InvariantCulture));
        if (runEvent.Batch is { } batch)
        {
            line["batch"] = batch.FolderName;
            if (batch.Of is { } of)
                line["initial_time"] = of.Time;
        }
        return line.ToJsonString(RecordJson.Line);
    }

    /// <summary>The event as a JSON object: <c>event</c> says in a few words what it is. Null for events that come too often to be
    /// kept.</summary>
    public static JsonObject? Describe(RunEvent runEvent) => runEvent switch
    {
        RunStarted e => new JsonObject { ["event"] = e.Resumed ? "run resumed" : "run started", ["batches"] = e.Batches.Count },
        BegunFromChm e => new JsonObject
        {
            ["event"] = "begun from chm checkpoint", ["path"] = e.Path, ["time"] = Time(e.Time), ["first_step"] = Time(e.Time + e.Step),
            ["last_step"] = Time(e.Time + e.End), ["steps"] = e.End.Ticks / e.Step.Ticks, ["boundaries"] = e.Boundaries,
        },
        BatchStarted e => new JsonObject
        {
            ["event"] = e.Boundary < 0 ? "batch started" : "batch restarted",
            ["epoch"] = e.Epoch, ["lead_time"] = Lead(e.LeadTime),
            [e.Checkpoint is null ? "session" : "checkpoint"] = e.Checkpoint ?? e.Session,
        },
        SessionCommitted e => new JsonObject { ["event"] = "session committed", ["session"] = e.Session, ["lead_time"] = Lead(e.LeadTime) },
        ChmCheckpointSaved e => new JsonObject
        {
            ["event"] = "chm checkpoint saved", ["lead_time"] = Lead(e.LeadTime), ["path"] = e.Path,
        },
        RunWarning e => new JsonObject { ["event"] = "warning", ["text"] = e.Text },
        BatchCompleted e => new JsonObject { ["event"] = "batch completed", ["steps"] = e.Steps },
        BatchStopped e => new JsonObject { ["event"] = "batch stopped", ["lead_time"] = Lead(e.LeadTime), ["steps"] = e.Steps },
        BatchFailed e => new JsonObject { ["event"] = "batch failed", ["error"] = e.Error },
        ResumeVerified e => new JsonObject
        {
            ["event"] = e.IsExact ? "verified bit-exact" : "verified, bits differ",
            ["lead_time"] = Lead(e.LeadTime), ["difference"] = JsonNumber(e.Difference),
        },
        RankFailed e => new JsonObject
        {
            ["event"] = "rank failed", ["rank"] = e.Rank, ["member"] = MemberOf(e, e.Member),
            ["lead_time"] = e.LeadTime is { } leadTime ? Lead(leadTime) : null, ["cause"] = e.Cause,
        },
        RestartPlanned e => new JsonObject { ["event"] = "restart planned", ["seconds"] = e.Pause.TotalSeconds, ["reason"] = e.Reason },
        SessionAborted e => new JsonObject { ["event"] = "session aborted", ["lead_time"] = Lead(e.LeadTime), ["cause"] = e.Cause },
        MemberDropped e => new JsonObject
        {
            ["event"] = "member dropped", ["member"] = MemberOf(e, e.Member), ["lead_time"] = Lead(e.LeadTime), ["cause"] = e.Cause,
        },
        MemberRedrawn e => new JsonObject
        {
            ["event"] = "member re-perturbed", ["member"] = MemberOf(e, e.Member), ["draw"] = e.Draw, ["cause"] = e.Cause,
        },
        BatchPaused e => new JsonObject { ["event"] = "batch paused", ["lead_time"] = Lead(e.LeadTime) },
        BatchResumed => new JsonObject { ["event"] = "batch resumed" },
        OutputDerived e => new JsonObject { ["event"] = "output derived", ["path"] = e.Path, ["bytes"] = e.Bytes },
        MembersDropped e => new JsonObject { ["event"] = "members dropped", ["path"] = e.Path },
        PictureDrawn e => new JsonObject { ["event"] = "picture drawn", ["path"] = e.Path, ["bytes"] = e.Bytes },
        RunEnded e => new JsonObject { ["event"] = "run " + Outcome(e.Outcome), ["steps"] = e.Steps, ["seconds"] = e.Elapsed.TotalSeconds },
        _ => null,
    };

    /// <summary>A member of the batch's initial time, which is named beside the batch if there are several.</summary>
    private static int? MemberOf(RunEvent e, int? number) => number is { } of ? e.Batch?.MemberOf(of) ?? of : null;

    /// <summary>JSON has no NaN.</summary>
    private static JsonNode JsonNumber(double value) => double.IsFinite(value) ? value : value.ToString(CultureInfo.InvariantCulture);

    private static string Outcome(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Completed => "completed",
        RunOutcome.Failed => "failed",
        _ => "stopped",
    };

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    private static string Lead(TimeSpan leadTime) => LeadTimeText.Of(leadTime);
}
