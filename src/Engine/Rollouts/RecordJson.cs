using System.Text.Encodings.Web;

namespace Cairn.Engine.Rollouts;

/// <summary>How the JSON files in a run's folder are written and read: <c>run.json</c>, <c>derived.json</c>, <c>members.json</c>.</summary>
internal static class RecordJson
{
    public static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>One line, with letters beyond ASCII as they are.</summary>
    public static readonly JsonSerializerOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly JsonSerializerOptions Readable = new(Indented) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(JsonObject json, JsonSerializerOptions options) => Encoding.UTF8.GetBytes(json.ToJsonString(options) + "\n");

    public static JsonNode Need(JsonNode? json, string key) =>
        json is JsonObject map && map[key] is { } value ? value : throw new FormatException($"'{key}' is missing.");

    /// <summary>Replaces a file at once and durably.</summary>
    public static void Replace(IDurableFiles files, string path, ReadOnlySpan<byte> bytes)
    {
        AtomicFile.Replace(files, path, bytes);
        files.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
