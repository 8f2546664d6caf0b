using System.Text.Json.Nodes;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>The consolidated metadata of a Zarr store of version 2 or 3.</summary>
public sealed class ZarrStore : StoreContents
{
    private readonly IDurableFiles _files;
    private readonly string _path;

    private ZarrStore(IDurableFiles files, string path)
    {
        (_files, _path) = (files, path);
        (Format, Documents) = ZarrFormat.ReadAt(files, path);
    }

    /// <summary>Every metadata document by its path below the store, as version 2 has them: <c>.zattrs</c>, <c>u/.zarray</c>,
    /// <c>u/.zattrs</c>.</summary>
    public JsonObject Documents { get; }

    internal ZarrFormat Format { get; }

    public override IEnumerable<string> ArrayNames => Documents.Select(d => d.Key)
        .Where(key => key.EndsWith(ZarrMetadata.Array, StringComparison.Ordinal)).Select(key => key[..^ZarrMetadata.Array.Length]);

    /// <summary>Whether a folder holds a store with consolidated metadata.</summary>
    public static bool IsStore(string path) => IsStore(path, PathFound.IsFile);

    /// <summary>The same, with another caller's test for what is a file.</summary>
    public static bool IsStore(string path, Func<string, bool> isFile) => ZarrFormat.At(path, isFile) is not null;

    /// <summary>Reads the metadata.</summary>
    /// <exception cref="DataException">The metadata is damaged.</exception>
    public static ZarrStore Open(IDurableFiles files, string path) => new ZarrStore(files, Path.GetFullPath(path));

    public override JsonObject Attributes(string? array) =>
        Document(array is null ? ZarrMetadata.RootAttributes : array + ZarrMetadata.AttributesOf);

    public override JsonObject LayoutOf(string array) => Document(array + ZarrMetadata.Array);
    public override ZarrArray Array(string name) => new(_files, _path, Format, name, Documents[name + ZarrMetadata.Array]!);

    private JsonObject Document(string name) => Documents[name] as JsonObject ?? [];
}
