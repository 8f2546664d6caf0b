using System.Security.Cryptography;

namespace Cairn.Storage.Durable;

/// <summary>Digests of whole files, by content alone.</summary>
public static class FileDigest
{
    /// <summary>The SHA-256 of a file's bytes in lower-case hexadecimal, read in pieces.</summary>
    public static string Sha256(IDurableFiles files, string path)
    {
        using var stream = files.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
