namespace Cairn.Storage.Chm;

/// <summary>What a checkpoint's JSON says: when the run goes on, and which file belongs to which rank.</summary>
/// <param name="Time">Where the next step starts.</param>
/// <param name="Files">The ranks' NetCDF files in the order of the ranks, relative to the JSON's folder, with <c>/</c>.</param>
public sealed record ChmManifest(ChmTime Time, IReadOnlyList<string> Files)
{
    /// <summary>How many ranks wrote the checkpoint.</summary>
    public int Ranks => Files.Count;

    /// <summary>
    /// Size and CRC-32C of each file, which Cairn adds (CHM reads the keys that it knows and ignores these); null if CHM wrote it.
    /// </summary>
    public IReadOnlyList<ChmFileDigest>? Digests { get; init; }

    /// <summary>The JSON as CHM writes it.</summary>
    public byte[] Write() => ChmManifestJson.Write(this);

    /// <summary>Reads a JSON that CHM or Cairn wrote: values may be strings or numbers, slashes may be escaped.</summary>
    /// <param name="bytes">The JSON.</param>
    /// <param name="path">What to call it in messages.</param>
    /// <exception cref="DataException">It is no JSON, lacks something, or contradicts itself; the message names it and the key.</exception>
    public static ChmManifest Read(ReadOnlyMemory<byte> bytes, string path) => ChmManifestJson.Read(bytes, path);
}

/// <summary>What a rank's file must be to be whole.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Crc32C">Its CRC-32C.</param>
public sealed record ChmFileDigest(long Bytes, uint Crc32C);
