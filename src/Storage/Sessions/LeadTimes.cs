using Cairn.Storage.Catalog;
using Cairn.Storage.State;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Sessions;

/// <summary>Lead times as rows hold them: 6 hours and 360 minutes are one.</summary>
internal static class LeadTimes
{
    /// <summary>The row's <c>lead_time</c> in the encoding of rows; JSON's null without one.</summary>
    public static JToken Json(CheckpointRow row) => row.Metadata.TryGetValue("lead_time", out var value)
        ? RowJson.Encode(value, "lead_time")
        : JValue.CreateNull();

    public static bool AreEqual(CheckpointRow one, CheckpointRow other) => string.Equals(Key(one), Key(other), StringComparison.Ordinal);

    /// <summary>Equal for equal lead times.</summary>
    public static string Key(CheckpointRow row) => row.LeadTime is { } time ? time.ToString("c") : Json(row).ToString(Formatting.None);

    /// <summary>For messages.</summary>
    public static string Text(CheckpointRow row) =>
        row.Metadata.GetValueOrDefault("lead_time") is { } value ? PythonText.Str(value) : "(none)";
}
