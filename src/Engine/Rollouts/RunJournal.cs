using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Appends a run's events to <c>events.jsonl</c>, a JSON object a line, for people and for <c>cairn status</c>. No decision is ever taken
/// from it: when it cannot be written, the run goes on without. A line torn by a crash or a full disk is closed off before the next one is
/// written.
/// </summary>
public sealed class RunJournal : IRunObserver, IDisposable
{
    /// <summary>The journal's name in the run's checkpoint folder.</summary>
    public const string FileName = "events.jsonl";

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly Action<string> _warn;
    private bool _torn;
    private bool _warned;

    /// <param name="folder">The run's folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Is told, once, that the journal cannot be written.</param>
    public RunJournal(string folder, TimeProvider time, Action<string> warn)
    {
        _time = time;
        _warn = warn;
        // No buffer: what a full disk refused must not be tried again with the next line.
        _file = new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        _torn = EndsTorn();
    }

    public void On(RunEvent runEvent)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        if (Describe(runEvent) is not { } line)
        {
            return;
        }

        var now = _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffK", CultureInfo.InvariantCulture);
        line.Insert(0, "at", now);
        if (runEvent.Batch is { } batch)
        {
            line["batch"] = batch.FolderName;
        }

        Append(line.ToJsonString(Compact) + "\n");
    }

    public void Dispose() => _file.Dispose();

    private static JsonObject? Describe(RunEvent runEvent) => runEvent switch
    {
        RunStarted e => new JsonObject { ["event"] = e.Resumed ? "run resumed" : "run started", ["batches"] = e.Batches.Count },
        BatchStarted e => new JsonObject
        {
            ["event"] = e.Boundary < 0 ? "batch started" : "batch restarted",
            ["epoch"] = e.Epoch, ["lead_time"] = Lead(e.LeadTime), ["session"] = e.Session,
        },
        SessionCommitted e => new JsonObject { ["event"] = "session committed", ["session"] = e.Session, ["lead_time"] = Lead(e.LeadTime) },
        RunWarning e => new JsonObject { ["event"] = "warning", ["text"] = e.Text },
        BatchCompleted e => new JsonObject { ["event"] = "batch completed", ["steps"] = e.Steps },
        BatchStopped e => new JsonObject { ["event"] = "batch stopped", ["lead_time"] = Lead(e.LeadTime), ["steps"] = e.Steps },
        BatchFailed e => new JsonObject { ["event"] = "batch failed", ["error"] = e.Error.Message },
        ResumeVerified e => new JsonObject
        {
            ["event"] = e.IsExact ? "verified bit-exact" : "verified, bits differ",
            ["lead_time"] = Lead(e.LeadTime), ["difference"] = JsonNumber(e.Difference),
        },
        RankFailed e => new JsonObject
        {
            ["event"] = "rank failed", ["rank"] = e.Rank, ["member"] = e.Member,
            ["lead_time"] = e.LeadTime is { } leadTime ? Lead(leadTime) : null, ["cause"] = e.Cause,
        },
        RestartPlanned e => new JsonObject { ["event"] = "restart planned", ["seconds"] = e.Pause.TotalSeconds, ["reason"] = e.Reason },
        SessionAborted e => new JsonObject { ["event"] = "session aborted", ["lead_time"] = Lead(e.LeadTime), ["cause"] = e.Cause },
        MemberDropped e => new JsonObject
        {
            ["event"] = "member dropped", ["member"] = e.Member, ["lead_time"] = Lead(e.LeadTime), ["cause"] = e.Cause,
        },
        MemberRedrawn e => new JsonObject
        {
            ["event"] = "member re-perturbed", ["member"] = e.Member, ["draw"] = e.Draw, ["cause"] = e.Cause,
        },
        BatchPaused e => new JsonObject { ["event"] = "batch paused", ["lead_time"] = Lead(e.LeadTime) },
        BatchResumed => new JsonObject { ["event"] = "batch resumed" },
        OutputDerived e => new JsonObject { ["event"] = "output derived", ["path"] = e.Path, ["bytes"] = e.Bytes },
        MembersDropped e => new JsonObject { ["event"] = "members dropped", ["path"] = e.Path },
        PictureDrawn e => new JsonObject { ["event"] = "picture drawn", ["path"] = e.Path, ["bytes"] = e.Bytes },
        RunEnded e => new JsonObject { ["event"] = "run " + Outcome(e.Outcome), ["steps"] = e.Steps, ["seconds"] = e.Elapsed.TotalSeconds },
        _ => null,
    };

    /// <summary>JSON has no NaN.</summary>
    private static JsonNode JsonNumber(double value) => double.IsFinite(value) ? value : value.ToString(CultureInfo.InvariantCulture);

    private static string Outcome(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Completed => "completed",
        RunOutcome.Failed => "failed",
        _ => "stopped",
    };

    private static string Lead(TimeSpan leadTime) => LeadTimeText.Of(leadTime);

    private void Append(string line)
    {
        string? defect = null;
        lock (_gate)
        {
            try
            {
                _file.Write(System.Text.Encoding.UTF8.GetBytes(_torn ? "\n" + line : line));
                _torn = false;
            }
            catch (IOException e)
            {
                _torn = true;
                defect = _warned ? null : e.Message;
                _warned = true;
            }
        }

        if (defect is not null)
        {
            _warn($"{FileName} cannot be written, the run goes on without it: {defect}");
        }
    }

    private bool EndsTorn()
    {
        if (!_file.CanSeek || _file.Length == 0)
        {
            return false;
        }

        _file.Seek(-1, SeekOrigin.End);
        return _file.ReadByte() != '\n';
    }
}
