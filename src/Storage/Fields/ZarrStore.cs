using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Fields;

/// <summary>The consolidated metadata of a Zarr store.</summary>
public sealed class ZarrStore
{
    private const string MetadataName = ".zmetadata";
    private const string ArraySuffix = "/.zarray";
    private const int MostBytes = 64 << 20;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly IDurableFiles _files;
    private readonly string _path;

    private ZarrStore(IDurableFiles files, string path, JsonObject documents) => (_files, _path, Documents) = (files, path, documents);

    /// <summary>Every metadata document by its path below the store.</summary>
    public JsonObject Documents { get; }

    /// <summary>The arrays' paths below the store.</summary>
    public IEnumerable<string> ArrayNames => Documents.Select(d => d.Key)
        .Where(key => key.EndsWith(ArraySuffix, StringComparison.Ordinal)).Select(key => key[..^ArraySuffix.Length]);

    /// <summary>Whether a folder holds a store with consolidated metadata.</summary>
    public static bool IsStore(string path) => PathFound.IsFile(Path.Combine(path, MetadataName));

    /// <summary>Reads the metadata.</summary>
    /// <exception cref="DataException">The metadata is damaged.</exception>
    public static ZarrStore Open(IDurableFiles files, string path)
    {
        var file = Path.Combine(Path.GetFullPath(path), MetadataName);
        try
        {
            using var stream = files.OpenRead(file);
            var documents = stream.Length <= MostBytes ? JsonNode.Parse(stream, null, Strict)?["metadata"] as JsonObject : null;
            return documents is not null
                ? new ZarrStore(files, Path.GetFullPath(path), documents)
                : throw new DataException($"{file} is no consolidated Zarr metadata of at most {MostBytes} bytes.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new DataException($"{file} is no consolidated Zarr metadata: {e.Message}", e);
        }
    }

    /// <summary>One of <see cref="ArrayNames"/>.</summary>
    /// <exception cref="DataException">The array is of a kind that Cairn does not write.</exception>
    public ZarrArray Array(string name) => new(_files, _path, name, Documents[name + ArraySuffix]!);
}
