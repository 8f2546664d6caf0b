using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cairn.Actors.Runs;

/// <summary>
/// A compressed snapshot: a book of many batches repeats itself, and may be larger than a message can be. <c>snapshot</c>
/// </summary>
/// <param name="Kind">Its type: <c>run-book/1</c>, <c>run-index/1</c>.</param>
/// <param name="Data">JSON, compressed by gzip.</param>
public sealed record PackedSnapshot(string Kind, byte[] Data)
{
    public static PackedSnapshot Pack<T>(T snapshot)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            JsonSerializer.Serialize(gzip, snapshot, typeof(T), SnapshotJson.Default);
        }

        return new PackedSnapshot(KindOf<T>(), packed.ToArray());
    }

    /// <summary>The snapshot; null if it is of another type.</summary>
    public static T? Unpack<T>(object offered) where T : class
    {
        if (offered is not PackedSnapshot packed || packed.Kind != KindOf<T>())
            return null;

        using var gzip = new GZipStream(new MemoryStream(packed.Data), CompressionMode.Decompress);
        return (T?)JsonSerializer.Deserialize(gzip, typeof(T), SnapshotJson.Default);
    }

    private static string KindOf<T>() => typeof(T) == typeof(RunBookSnapshot) ? "run-book/1" : "run-index/1";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(RunBookSnapshot))]
[JsonSerializable(typeof(RunIndexSnapshot))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
