using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Storage.Durable;

namespace Cairn.Engine.Rollouts;

/// <summary>A file that was derived, and what it was derived from and how.</summary>
/// <param name="Path">The file.</param>
/// <param name="Key">How it is made of which members and lead times.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record DerivedEntry(string Path, string Key, long Bytes);

/// <summary>
/// What <c>derived.json</c> holds: the files derived at the end of the run, all of them durable before they are listed, and whether the
/// members' fields were given up then. Its paths are kept as <see cref="RunPlace"/> says, and are absolute here.
/// </summary>
/// <param name="Files">The files.</param>
/// <param name="Members">The ensemble's size.</param>
/// <param name="LeadTimes">How many lead times were written.</param>
/// <param name="MembersDropped">Whether the members' fields are gone, or about to be.</param>
internal sealed record DerivedRecord(IReadOnlyList<DerivedEntry> Files, int Members, int LeadTimes, bool MembersDropped)
{
    /// <summary>The record's name in the run's checkpoint folder.</summary>
    public const string FileName = "derived.json";

    private const int Version = 2;
    private const int MostBytes = 1 << 20;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The record as a file in a run's folder.</summary>
    public byte[] ToBytes(string folder)
    {
        var files = Files.Select(f => new JsonObject
        {
            ["path"] = RunPlace.ToRecord(f.Path, folder), ["key"] = f.Key, ["bytes"] = f.Bytes,
        });
        var json = new JsonObject
        {
            ["version"] = Version,
            ["members"] = Members,
            ["lead_times"] = LeadTimes,
            ["members_dropped"] = MembersDropped,
            ["files"] = new JsonArray([.. files]),
        };
        return Encoding.UTF8.GetBytes(json.ToJsonString(Indented) + "\n");
    }

    /// <summary>Reads the record, or null where nothing was derived yet.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="run">The run's folder.</param>
    /// <param name="written">The run's folder when its own record was written, or null for a run that has none.</param>
    /// <exception cref="DataException">It is damaged, or of a newer version.</exception>
    public static DerivedRecord? Read(IDurableFiles files, string run, string? written)
    {
        var folder = Path.GetFullPath(run);
        var path = Path.Combine(folder, FileName);
        if (!files.FileExists(path))
        {
            return null;
        }

        try
        {
            using var stream = files.OpenRead(path);
            var json = stream.Length <= MostBytes ? JsonNode.Parse(stream) : throw new FormatException($"It has {stream.Length} bytes.");
            var before = written ?? folder;
            return Need(json, "version").GetValue<int>() is >= 1 and <= Version
                ? Parse(json, recorded => RunPlace.Moved(recorded, before, RunPlace.Now(before, folder)))
                : throw new FormatException($"It is of a later version than {Version}.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException
            or ArgumentException)
        {
            throw new DataException($"{path} cannot be read as the record of derived files: {e.Message} Delete it if the field store is "
                + "still there: the files are derived again. Otherwise restore it.", e);
        }
    }

    private static DerivedRecord Parse(JsonNode? json, Func<string, string> place) => new(
        [.. Need(json, "files").AsArray().Select(f => new DerivedEntry(
            place(Need(f, "path").GetValue<string>()), Need(f, "key").GetValue<string>(), Need(f, "bytes").GetValue<long>()))],
        Need(json, "members").GetValue<int>(), Need(json, "lead_times").GetValue<int>(), Need(json, "members_dropped").GetValue<bool>());

    private static JsonNode Need(JsonNode? json, string key) =>
        json is JsonObject map && map[key] is { } value ? value : throw new FormatException($"'{key}' is missing.");
}
