using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Fields;

/// <summary>Compares a store on disk with the layout that is expected of it.</summary>
internal sealed class ZarrLayoutCheck(IDurableFiles files, string path, FieldLayout expected)
{
    private const int MaxMetadataBytes = 64 << 20;
    private const int MaxDifferences = 20;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };
    private readonly List<string> _differences = [];
    private bool _shrinking;

    /// <summary>Whether the store must grow to hold what is expected.</summary>
    /// <exception cref="SpecException">The store holds something else; every difference is named.</exception>
    /// <exception cref="DataException">The metadata is damaged.</exception>
    internal bool MustGrow()
    {
        var found = ReadConsolidated(files, path);
        var members = Extent(found, ZarrMetadata.Ensemble);
        var leadTimes = Extent(found, ZarrMetadata.LeadTime);
        RequireNoShrinking("members", members, expected.Members);
        RequireNoShrinking("lead times", leadTimes, expected.LeadTimes.Count);
        var before = expected with
        {
            Members = Math.Min(members, expected.Members),
            LeadTimes = [.. expected.LeadTimes.Take(leadTimes)],
        };
        CompareMetadata(found, new ZarrMetadata(before));
        if (_differences.Count == 0)
        {
            CompareCoordinates(before);
        }

        if (_differences.Count > 0)
        {
            var more = _differences.Count > MaxDifferences ? $"\n  and {_differences.Count - MaxDifferences} more" : "";
            throw new SpecException(
                $"The field store {path} was made for another layout:\n  {string.Join("\n  ", _differences.Take(MaxDifferences))}{more}\n" +
                "Choose another output path, start afresh, or undo the change.");
        }

        return members < expected.Members || leadTimes < expected.LeadTimes.Count;
    }

    internal static JsonObject ReadConsolidated(IDurableFiles files, string path)
    {
        var file = Path.Combine(path, ZarrMetadata.ConsolidatedName);
        try
        {
            using var stream = files.OpenRead(file);
            if (stream.Length > MaxMetadataBytes)
            {
                throw new DataException($"{file} has {stream.Length} bytes; at most {MaxMetadataBytes} are accepted.");
            }

            return JsonNode.Parse(stream, null, Strict)?["metadata"] as JsonObject ?? throw Damaged(file, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw Damaged(file, e);
        }
    }

    private static DataException Damaged(string file, Exception? inner) =>
        new($"{file} is no consolidated Zarr metadata. Delete it to have it written anew, or choose another output path.", inner);

    private int Extent(JsonObject found, string coordinate)
    {
        var shape = (found[$"{coordinate}/.zarray"] as JsonObject)?["shape"] as JsonArray;
        return shape is [JsonValue value] && value.TryGetValue<int>(out var extent) && extent > 0
            ? extent
            : throw new DataException($"{path}: the metadata of {coordinate} has no usable shape. The store is damaged; choose another " +
                "output path.");
    }

    private void RequireNoShrinking(string what, int found, int wanted)
    {
        if (found > wanted)
        {
            _shrinking = true;
            _differences.Add($"{what}: found {found}, expected {wanted} (a store may grow, not shrink)");
        }
    }

    private void CompareMetadata(JsonObject found, ZarrMetadata wanted)
    {
        foreach (var (document, content) in wanted.Documents)
        {
            if (document != ZarrMetadata.RootAttributes)
            {
                Compare(document, found[document], content);
            }
        }

        foreach (var (document, _) in found)
        {
            if (document.EndsWith("/.zarray", StringComparison.Ordinal) && !wanted.Documents.ContainsKey(document))
            {
                _differences.Add($"{document[..^"/.zarray".Length]}: found this variable, expected none of that name");
            }
        }
    }

    private void Compare(string where, JsonNode? found, JsonNode? wanted)
    {
        if (wanted is JsonObject wantedObject && found is JsonObject foundObject)
        {
            // Every array would repeat in its shape what has been said once.
            foreach (var (key, value) in wantedObject.Where(property => !_shrinking || property.Key != "shape"))
            {
                Compare($"{where} {key}", foundObject[key], value);
            }
        }
        else if (!JsonNode.DeepEquals(found, wanted))
        {
            _differences.Add($"{where}: found {ZarrMetadata.Text(found)}, expected {ZarrMetadata.Text(wanted)}");
        }
    }

    private void CompareCoordinates(FieldLayout before)
    {
        var after = ZarrCoordinates.Chunks(expected).ToDictionary(c => c.Path, c => c.Bytes, StringComparer.Ordinal);
        foreach (var (name, bytes) in ZarrCoordinates.Chunks(before))
        {
            var found = ReadChunk(name, bytes.Length);
            // A store whose growth was cut short already holds the grown coordinate.
            if (!found.AsSpan().SequenceEqual(bytes) && !found.AsSpan().SequenceEqual(after[name]))
            {
                _differences.Add($"{Path.GetDirectoryName(name)}: the coordinate's values differ");
            }
        }
    }

    private byte[] ReadChunk(string name, int length)
    {
        try
        {
            using var stream = files.OpenRead(Path.Combine(path, name));
            var bytes = new byte[length + 1];
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (DurableIOException e) when (e.NotFound)
        {
            throw new DataException($"{Path.Combine(path, name)} is missing. The store is damaged; delete its " +
                $"{ZarrMetadata.ConsolidatedName} to have it mended.", e);
        }
    }
}
