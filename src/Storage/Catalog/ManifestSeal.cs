using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary>The digest of a manifest in the manifest itself, over its JSON without that key, so that a flipped bit in it is noticed like
/// one in any other file.</summary>
internal static class ManifestSeal
{
    private const string Key = "manifest_crc32c";
    private const int Digits = 8;
    private static readonly byte[] LineStart = Encoding.ASCII.GetBytes($"\n  \"{Key}\": \"");
    private static readonly byte[] LineEnd = "\",\n"u8.ToArray();

    /// <summary>The bytes of a manifest with its digest.</summary>
    public static byte[] Seal(JObject map, string path)
    {
        map.Remove(Key);
        map[Key] = Crc32C.Text(Crc32C.Compute(PythonJson.Write(map, path)));
        return PythonJson.Write(map, path);
    }

    /// <summary>Whether these are exactly the bytes that <see cref="Seal"/> returned.</summary>
    public static bool Holds(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.IndexOf(LineStart) + 1;
        var digest = start + LineStart.Length - 1;
        var end = digest + Digits + LineEnd.Length;
        if (start == 0 || end > bytes.Length || !bytes[(digest + Digits)..end].SequenceEqual(LineEnd))
            return false;

        var crc = Crc32C.Append(Crc32C.Compute(bytes[..start]), bytes[end..]);
        return Encoding.ASCII.GetString(bytes.Slice(digest, Digits)) == Crc32C.Text(crc);
    }

    /// <summary>Reads a file that only Cairn writes, and always sealed.</summary>
    /// <exception cref="DataException">It is damaged.</exception>
    public static JObject ReadObject(IDurableFiles files, string path)
    {
        var bytes = BoundedFile.Read(files, path);
        return Holds(bytes) ? PythonJson.ReadObject(bytes, path) : throw Broken(path);
    }

    /// <summary>What a commit's manifest is when its bytes do not hold.</summary>
    /// <exception cref="DataException">It was sealed.</exception>
    public static void RequireUnsealed(JObject map, string path)
    {
        // Earth2Studio's manifests have no seal; one of Cairn's that lost it has lost its list of files as well, or is refused here.
        if (map[Key] is not null || map["files"] is not null || map["sequence"] is not null)
            throw Broken(path);
    }

    private static DataException Broken(string path) =>
        new($"{path} is damaged: its bytes do not match its {Key}. It is not used.");
}
