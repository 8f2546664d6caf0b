using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Chm;

/// <summary>Reads a rank's file into memory, and checks it against what the JSON says of it.</summary>
internal static class WholeFile
{
    /// <exception cref="DataException">It is missing, unreadable, too large for memory, or not what was written.</exception>
    public static byte[] Read(IDurableFiles files, string path, ChmFileDigest? expected)
    {
        using var stream = new DigestStream(BoundedFile.Open(files, path), path);
        if (expected is not null && stream.Length != expected.Bytes)
        {
            throw new DataException($"{path} has {stream.Length} bytes; {expected.Bytes} were written. It was truncated or replaced.");
        }

        if (stream.Length > Array.MaxLength)
        {
            throw new DataException($"{path} has {stream.Length} bytes; at most {Array.MaxLength} can be read. Was it written by CHM?");
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length, pinned: true);
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read != bytes.Length)
        {
            throw new DataException($"{path} ends after {read} of {bytes.Length} bytes.");
        }

        return expected is null || stream.Crc == expected.Crc32C ? bytes : throw new DataException(
            $"{path} is damaged: its CRC-32C is {Crc32C.Text(stream.Crc)}; {Crc32C.Text(expected.Crc32C)} was written.");
    }
}
