using Cairn.Storage.Catalog;

namespace Cairn.Storage.Sessions;

/// <summary>What one rank wrote at a boundary, read back from its commit: the rank's part of a session.</summary>
public sealed record RankManifest
{
    internal RankManifest(Manifest manifest, int rank, long bytes, uint crc) =>
        (Manifest, Rank, Bytes, ManifestCrc32C) = (manifest, rank, bytes, crc);

    /// <summary>The rank whose folder the commit lies in.</summary>
    public int Rank { get; init; }

    /// <summary>The commit's size with all its files, its manifest included.</summary>
    public long Bytes { get; init; }

    /// <summary>CRC-32C of the manifest's file, which in turn lists the digests of all others.</summary>
    public uint ManifestCrc32C { get; init; }

    /// <summary>The commit as its rank's catalog lists it.</summary>
    public CheckpointRow Row => Manifest.Row;
    public string CommitId => Row.CommitId;

    /// <summary>The rank's sharded fields by <c>state_id.field</c>.</summary>
    public IReadOnlyDictionary<string, DomainSlice> Slices =>
        Manifest.Shards.ToDictionary(s => s.Key, s => s.Value.Slice);

    internal Manifest Manifest { get; init; }

    /// <summary>The path that session manifests hold, also while the commit lies in <c>fallback/</c>.</summary>
    internal string Path => PathOf(Rank, CommitId);

    /// <summary>Reads the manifest of a commit that a rank says it has made.</summary>
    /// <param name="path">The root of the batch's catalog.</param>
    /// <param name="rank">Which rank made it.</param>
    /// <param name="commitId">Its name, as the rank reported it.</param>
    /// <param name="files">The file system; null for the machine's own.</param>
    /// <exception cref="DataException">It is not there, or damaged.</exception>
    public static RankManifest Read(string path, int rank, string commitId, IDurableFiles? files = null) =>
        ReadIn(files ?? new PosixFiles(), ContainedPath.Join(System.IO.Path.GetFullPath(path), PathOf(rank, commitId)), rank);

    internal static RankManifest ReadIn(IDurableFiles files, string directory, int rank, bool inFallback = false)
    {
        var bytes = BoundedFile.Read(files, System.IO.Path.Combine(directory, "manifest.json"));
        return Of(CommitFiles.ParseManifest(files, directory, inFallback, bytes), rank, bytes);
    }

    /// <summary>A manifest with the bytes of its file.</summary>
    internal static RankManifest Of(Manifest manifest, int rank, byte[] bytes) =>
        new(manifest, rank, bytes.Length + (manifest.Files?.Sum(f => f.Bytes) ?? 0), Crc32C.Compute(bytes));

    internal static string PathOf(int rank, string commitId) => $"{Folder(rank)}/commits/{commitId}";

    internal static string Folder(int rank) => string.Create(CultureInfo.InvariantCulture, $"rank_{rank:000000}");
}
