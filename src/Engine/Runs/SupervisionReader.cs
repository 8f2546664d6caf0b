using System.Text.Json.Nodes;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads and writes <c>supervision</c>.</summary>
internal static class SupervisionReader
{
    private static readonly SupervisionSpec Usual = new();

    public static SupervisionSpec Read(SettingReader reader) => new()
    {
        MaxRestarts = reader.Integer("supervision.max-restarts", Usual.MaxRestarts, 0, 1_000_000, "how often a batch is restarted"),
        FirstPause = Duration(reader, "supervision.first-pause", Usual.FirstPause),
        LongestPause = Duration(reader, "supervision.longest-pause", Usual.LongestPause),
        OnFailure = reader.Word<FailurePolicy>("supervision.on-failure", Usual.OnFailure) ?? Usual.OnFailure,
        BoundaryDeadline = Duration(reader, "supervision.boundary-deadline", Usual.BoundaryDeadline),
        CommitDeadline = Duration(reader, "supervision.commit-deadline", Usual.CommitDeadline),
        CommitRetries = reader.Integer(
            "supervision.commit-retries", Usual.CommitRetries, 0, 1_000_000, "how many failed commits are borne"),
        QuarantineAfter = reader.Integer(
            "supervision.quarantine-after", Usual.QuarantineAfter, 1, 1_000_000, "how many processes a batch may take with it"),
    };

    public static JsonObject Write(SupervisionSpec spec) => new()
    {
        ["max-restarts"] = spec.MaxRestarts,
        ["first-pause"] = SpecText.Duration(spec.FirstPause),
        ["longest-pause"] = SpecText.Duration(spec.LongestPause),
        ["on-failure"] = SpecText.Word(spec.OnFailure),
        ["boundary-deadline"] = SpecText.Duration(spec.BoundaryDeadline),
        ["commit-deadline"] = SpecText.Duration(spec.CommitDeadline),
        ["commit-retries"] = spec.CommitRetries,
        ["quarantine-after"] = spec.QuarantineAfter,
    };

    private static TimeSpan Duration(SettingReader reader, string key, TimeSpan usual) =>
        reader.Read<TimeSpan?>(
            key, usual, false, "a duration greater than zero with its unit, such as 30s", SettingReader.TryDuration) ?? usual;
}
