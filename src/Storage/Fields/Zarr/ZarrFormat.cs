using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>How a version of Zarr lays the metadata of a store out in files, and names chunks. In memory metadata are the documents of
/// version 2, by their paths there (<c>.zattrs</c>, <c>u/.zarray</c>, <c>u/.zattrs</c>), whatever the version on disk. What only version 3
/// has are further keys of <c>.zarray</c>: <c>shards</c>, the extents of what one file holds, and <c>checksum</c>, which every chunk ends
/// with.</summary>
internal abstract class ZarrFormat
{
    private const int MaxMetadataBytes = 64 << 20;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };
    private static readonly ZarrFormat[] All = [new Zarr2Format(), new Zarr3Format()];

    /// <summary>The version.</summary>
    internal abstract int Version { get; }

    /// <summary>Whether a file is a shard of chunks, and not a chunk.</summary>
    internal virtual bool HasShards => false;

    /// <summary>Its number in a layout.</summary>
    internal int InLayout => this == All[0] ? 0 : Version;

    /// <summary>The file that makes a folder a store: it appears last, and holds all metadata.</summary>
    internal abstract string StoreName { get; }

    /// <summary>The other files beside the arrays.</summary>
    internal abstract IReadOnlyList<string> OtherNames { get; }

    /// <summary>What the names of chunks begin with.</summary>
    internal abstract string ChunkPrefix { get; }

    /// <summary>That of a layout.</summary>
    internal static ZarrFormat Of(FieldLayout layout) => Array.Find(All, format => format.InLayout == layout.Version)!;

    /// <summary>The format of the store at a path; null if there is none.</summary>
    /// <exception cref="DataException">There is metadata of two versions.</exception>
    internal static ZarrFormat? At(string path, Func<string, bool> isFile)
    {
        var found = Array.FindAll(All, format => isFile(Path.Combine(path, format.StoreName)));
        return found.Length < All.Length ? found.FirstOrDefault() : throw new DataException(
            $"{path} holds {string.Join(" and ", found.Select(f => f.StoreName))}, metadata of two versions of Zarr; expected one of "
            + "them. Move away the wrong one.");
    }

    /// <summary>Checks this format's further demands on a layout.</summary>
    /// <exception cref="SpecException">It does not; the message says what to do.</exception>
    internal abstract void Require(FieldLayout layout);

    /// <summary>The format and the metadata of the store at a path.</summary>
    /// <exception cref="DataException">It is damaged; the message names the file.</exception>
    /// <exception cref="DurableIOException">There is none.</exception>
    internal static (ZarrFormat Format, JsonObject Documents) ReadAt(IDurableFiles files, string path)
    {
        var format = At(path, files.FileExists) ?? All[0];
        return (format, format.Read(files, path));
    }

    /// <summary>The metadata of a store of this format.</summary>
    /// <inheritdoc cref="ReadAt"/>
    internal JsonObject Read(IDurableFiles files, string path)
    {
        var file = Path.Combine(path, StoreName);
        try
        {
            using var stream = files.OpenRead(file);
            if (stream.Length > MaxMetadataBytes)
                throw new DataException($"{file} has {stream.Length} bytes; at most {MaxMetadataBytes} are accepted.");

            return JsonNode.Parse(stream, null, Strict) is JsonObject whole && Documents(whole, file) is { } documents
                ? documents
                : throw Damaged(file, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw Damaged(file, e);
        }
    }

    /// <summary>The name of a chunk in its array's folder, or of what holds several of them.</summary>
    internal string ChunkName(params IEnumerable<long> index) =>
        ChunkPrefix + string.Join('.', index.Select(i => i.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The index of a chunk by its name; null if a file is not a chunk.</summary>
    internal IReadOnlyList<int>? IndexOf(string name) =>
        name.StartsWith(ChunkPrefix, StringComparison.Ordinal) ? Index(name[ChunkPrefix.Length..]) : null;

    /// <summary>The numbers between dots; null where there is anything else.</summary>
    internal static IReadOnlyList<int>? Index(string text)
    {
        var index = text.Split('.')
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToList();
        return index.Contains(-1) ? null : index;
    }

    /// <summary>Every file with metadata but the one that makes the store, by its path below the store.</summary>
    internal abstract IEnumerable<(string Path, JsonObject Content)> Files(JsonObject documents);

    /// <summary>Those that hold the store's own attributes.</summary>
    internal abstract IEnumerable<(string Path, JsonObject Content)> AttributeFiles(JsonObject documents);

    /// <summary>The file that makes the store.</summary>
    internal abstract JsonObject Whole(JsonObject documents);

    /// <summary>What that file says, or null where it says nothing of the kind.</summary>
    private protected abstract JsonObject? Documents(JsonObject whole, string file);

    private static DataException Damaged(string file, Exception? inner) =>
        new($"{file} is not consolidated Zarr metadata. Delete it so that it is written again, or choose another output path.", inner);
}

/// <summary>Zarr storage specification version 2, with the consolidated copy that zarr-python and xarray read: a file a document.</summary>
internal sealed class Zarr2Format : ZarrFormat
{
    internal override int Version => 2;
    internal override string StoreName => ".zmetadata";

    internal override void Require(FieldLayout layout)
    {
        if (layout.ChunksPerShard > 1)
            throw new SpecException($"A shard holds {layout.ChunksPerShard} chunks; expected one, since version 2 of Zarr has no shards.");
    }

    internal override IReadOnlyList<string> OtherNames { get; } = [ZarrMetadata.Group, ZarrMetadata.RootAttributes];

    internal override string ChunkPrefix => "";

    internal override IEnumerable<(string Path, JsonObject Content)> Files(JsonObject documents) =>
        documents.Select(document => (document.Key, document.Value!.AsObject()));

    internal override IEnumerable<(string Path, JsonObject Content)> AttributeFiles(JsonObject documents) =>
        [(ZarrMetadata.RootAttributes, documents[ZarrMetadata.RootAttributes]!.AsObject())];

    internal override JsonObject Whole(JsonObject documents) =>
        new() { ["metadata"] = documents.DeepClone(), ["zarr_consolidated_format"] = 1 };

    private protected override JsonObject? Documents(JsonObject whole, string file) => whole["metadata"] as JsonObject;
}
