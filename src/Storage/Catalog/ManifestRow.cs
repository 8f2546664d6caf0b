using System.Text.Json;
using Cairn.Storage.Sessions;

namespace Cairn.Storage.Catalog;

/// <summary>A row and its place in line, without the rest of its manifest.</summary>
internal sealed record ListedRow(CheckpointRow Row, DateTimeOffset SavedAt)
{
    public SessionNode Node => new(Row.CommitId, Row.Epoch, Row.Sequence, Row.Parent, SavedAt);
}

/// <summary>Reads only the rows of manifests, for listings: a tenth of the time of the whole manifest, and little memory, since rows of one
/// catalog share their texts. It checks what <see cref="Manifest.Parse"/> checks.</summary>
/// <remarks>It understands manifests as Cairn seals them. What it does not understand is left to <see cref="Manifest.Parse"/>, which then
/// decides: another's manifests, another form of the same JSON, numbers and texts at the borders of JSON, anything wrong.</remarks>
internal sealed class ManifestRow
{
    private static readonly Dictionary<string, object?> NoLabels = [];

    private static readonly JsonDocumentOptions Strict = new()
    {
        MaxDepth = PythonJson.MaxDepth - 1, AllowDuplicateProperties = false,
    };

    private readonly Dictionary<string, string> _texts = [];
    private IReadOnlyList<string> _metadataKeys = [];
    private IReadOnlyList<string> _stateIds = [];
    private IReadOnlyDictionary<string, string>? _fingerprint;

    /// <summary>The row of a manifest with these bytes, or null if this reader does not understand them.</summary>
    public ListedRow? Read(byte[] bytes, string directory, bool inFallback)
    {
        if (!ManifestSeal.Holds(bytes) || !Ascii.IsValid(bytes))
            return null;

        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Row(document.RootElement, directory, inFallback) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not strict JSON (NaN, for example), or half a surrogate pair.
            return null;
        }
    }

    private ListedRow? Row(JsonElement map, string directory, bool inFallback)
    {
        if (map.TryGetProperty("lead_time", out _) || map.TryGetProperty(ShardJson.Key, out _) || !LabelsAreEmpty(map)
            || !FilesHold(map) || StateIds(map) is not { } stateIds
            || !map.TryGetProperty("metadata", out var metadata) || !PayloadElements.TryMap(metadata, Shared, out var payloads))
        {
            return null;
        }

        var fields = new RowFields(map, Shared);
        var id = Shared(fields.Own("commit_id"));
        var savedAt = fields.Own("saved_at");
        var row = new CheckpointRow
        {
            CommitId = id,
            Directory = directory,
            CheckpointName = fields.TextOrNull("checkpoint") ?? "",
            Mode = fields.TextOrNull("mode") == "append" ? CheckpointMode.Append : CheckpointMode.Overwrite,
            Labels = NoLabels,
            Metadata = MetadataValues.Natural(payloads, static _ => throw new NotSupportedException("No arrays are read here.")),
            MetadataKeys = Same(ref _metadataKeys, [.. payloads.Keys]),
            WriteCount = fields.Int("write_count", 0),
            SavedAt = savedAt,
            Rank = fields.Int("rank", 0),
            WorldSize = fields.Int("world_size", 1),
            StateIds = Same(ref _stateIds, stateIds),
            Epoch = fields.Int("epoch", 0),
            Sequence = fields.Long("sequence"),
            Parent = fields.TextOrNull("parent"),
            Fingerprint = Fingerprint(map, ref fields),
            SpecDigest = fields.TextOrNull("spec_digest"),
            InFallback = inFallback,
        };
        var named = Path.GetFileName(directory.AsSpan()).SequenceEqual(id) && fields.Int("version", Manifest.Version) == Manifest.Version;
        return fields.Hold && named && Manifest.SavedAtOrNull(savedAt) is { } time ? new ListedRow(row, time) : null;
    }

    private static bool LabelsAreEmpty(JsonElement map) =>
        !map.TryGetProperty("labels", out var labels) || labels.ValueKind == JsonValueKind.Null
        || (labels.ValueKind == JsonValueKind.Object && labels.GetPropertyCount() == 0);

    private static bool FilesHold(JsonElement map)
    {
        if (!map.TryGetProperty("files", out var files))
            return true;

        if (files.ValueKind != JsonValueKind.Array)
            return false;

        foreach (var file in files.EnumerateArray())
        {
            if (file.ValueKind != JsonValueKind.Object || !IsText(file, "path") || !IsDigest(file)
                || !file.TryGetProperty("bytes", out var bytes) || !PayloadElements.TryWhole(bytes, out _))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDigest(JsonElement file) => file.TryGetProperty("crc32c", out var crc) && crc.ValueKind == JsonValueKind.String
        && crc.GetString() is { Length: 8 } text && uint.TryParse(text, NumberStyles.AllowHexSpecifier, null, out _);

    private static bool IsText(JsonElement map, string key) =>
        map.TryGetProperty(key, out var element) && element.ValueKind == JsonValueKind.String;

    private List<string>? StateIds(JsonElement map)
    {
        var ids = new List<string>();
        if (!map.TryGetProperty("states", out var states))
            return ids;

        if (states.ValueKind != JsonValueKind.Object)
            return null;

        foreach (var state in states.EnumerateObject())
        {
            if (state.Value.ValueKind != JsonValueKind.Object || !IsText(state.Value, "path") || !IsText(state.Value, "schema_hash"))
                return null;

            ids.Add(Shared(state.Name));
        }

        return ids;
    }

    private IReadOnlyDictionary<string, string>? Fingerprint(JsonElement map, ref RowFields fields)
    {
        if (!map.TryGetProperty("fingerprint", out var prints) || prints.ValueKind != JsonValueKind.Object)
            return null;

        var found = new Dictionary<string, string>();
        foreach (var print in prints.EnumerateObject())
        {
            fields.Hold &= PayloadElements.TryText(print.Value, out var text);
            found.Add(Shared(print.Name), Shared(text));
        }

        var isSame = _fingerprint is { } last && last.Count == found.Count && last.SequenceEqual(found);
        return _fingerprint = isSame ? _fingerprint : found;
    }

    private string Shared(string text)
    {
        _ = _texts.TryAdd(text, text);
        return _texts[text];
    }

    private static IReadOnlyList<string> Same(ref IReadOnlyList<string> last, List<string> found) =>
        last = last.SequenceEqual(found) ? last : found;

    /// <summary>The plain fields of a manifest; once one is not as expected, nothing of it holds.</summary>
    private ref struct RowFields(JsonElement map, Func<string, string> shared)
    {
        public bool Hold { get; set; } = true;

        public string Own(string key)
        {
            Hold &= map.TryGetProperty(key, out var element) & PayloadElements.TryText(element, out var text);
            return text;
        }

        public string? TextOrNull(string key)
        {
            if (!map.TryGetProperty(key, out var element) || element.ValueKind == JsonValueKind.Null)
                return null;

            Hold &= PayloadElements.TryText(element, out var text);
            return shared(text);
        }

        public int Int(string key, int fallback)
        {
            var number = Long(key) ?? fallback;
            Hold &= number is >= int.MinValue and <= int.MaxValue;
            return Hold ? (int)number : 0;
        }

        public long? Long(string key)
        {
            if (!map.TryGetProperty(key, out var element))
                return null;

            Hold &= PayloadElements.TryWhole(element, out var number);
            return number;
        }
    }
}
