using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>How the values of a chunk become its bytes, and back.</summary>
internal sealed record ChunkCodec(string? Id, int Level, int ItemSize, bool IsChecked)
{
    /// <summary>Deflate, in the frames of RFC 1950 and RFC 1952.</summary>
    internal const string Zlib = "zlib", Gzip = "gzip";

    /// <summary>Zstandard over shuffled bytes: by a filter of numcodecs, and in a frame of Blosc.</summary>
    internal const string Zstd = "zstd", Blosc = "blosc";

    internal const string Checksum = "crc32c";

    /// <summary>That of the fields of a store. Version 3 of Zarr has no zlib, and shuffles in Blosc alone.</summary>
    internal static ChunkCodec Of(FieldLayout layout)
    {
        var isSharded = ZarrFormat.Of(layout).HasShards;
        var id = layout switch
        {
            { CompressionLevel: 0 } => null,
            { Codec: FieldCodec.Zstd } => isSharded ? Blosc : Zstd,
            _ => isSharded ? Gzip : Zlib,
        };
        return new ChunkCodec(id, layout.CompressionLevel, layout.ValueBytes, isSharded);
    }

    /// <summary>The codec in an array's metadata, or null if it is none of these.</summary>
    internal static ChunkCodec? Of(JsonNode array, int itemSize)
    {
        var compressor = array["compressor"];
        var level = (compressor?["level"] ?? compressor?["clevel"])?.GetValue<int>() ?? 0;
        var codec = new ChunkCodec(compressor?["id"]?.GetValue<string>(), level, itemSize, array["checksum"] is not null);
        var isKnown = codec.Id switch
        {
            null => array["filters"] is null,
            Zlib => array["filters"] is null && !codec.IsChecked,
            Zstd => JsonNode.DeepEquals(array["filters"], codec.Filters) && !codec.IsChecked,
            Gzip => array["filters"] is null && codec.IsChecked,
            Blosc => array["filters"] is null && codec.IsChecked && JsonNode.DeepEquals(compressor, codec.Compressor),
            _ => false,
        };
        return isKnown ? codec : null;
    }

    /// <summary>Tells it in an array's metadata.</summary>
    internal void AddTo(JsonObject array)
    {
        array["compressor"] = Compressor;
        array["filters"] = Filters;
        if (IsChecked)
            array["checksum"] = Checksum;
    }

    /// <summary>No more than incompressible values of that length can take: zlib adds 5 bytes per 16 KiB and its frame, but level 1 of
    /// zlib-ng, which .NET carries, writes up to 9 bits for a byte.</summary>
    internal static long MostBytes(int rawLength) => rawLength + (rawLength / 8L) + (rawLength / 1024) + 1024;

    internal byte[] Encode(byte[] raw)
    {
        var bytes = Id switch
        {
            Zlib => Compress(raw, into => new ZLibStream(into, new ZLibCompressionOptions { CompressionLevel = Level }, leaveOpen: true)),
            Gzip => Compress(raw, into => new GZipStream(into, new ZLibCompressionOptions { CompressionLevel = Level }, leaveOpen: true)),
            Zstd => ShuffledZstd.Encode(raw, ItemSize, Level),
            Blosc => BloscFrame.Encode(raw, ItemSize, Level),
            _ => raw,
        };
        if (!IsChecked)
            return bytes;

        var length = bytes.Length;
        var crc = Crc32C.Compute(bytes);
        Array.Resize(ref bytes, length + sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(length), crc);
        return bytes;
    }

    /// <summary>Fills <paramref name="raw"/>; false where the bytes do not hold exactly so many.</summary>
    internal bool Decode(byte[] bytes, byte[] raw)
    {
        var length = bytes.Length - (IsChecked ? sizeof(uint) : 0);
        if (length < 0)
            return false;

        var body = bytes.AsSpan(0, length);
        if (IsChecked && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(length)) != Crc32C.Compute(body))
            return false;

        Stream Body() => new MemoryStream(bytes, 0, length);
        return Id switch
        {
            Zlib => Decompress(new ZLibStream(Body(), CompressionMode.Decompress), raw) && HasAdler32(body, raw),
            Gzip => Decompress(new GZipStream(Body(), CompressionMode.Decompress), raw),
            Zstd => ShuffledZstd.Decode(body, raw, ItemSize),
            Blosc => BloscFrame.Decode(body, raw, ItemSize),
            _ => length == raw.Length && body.TryCopyTo(raw),
        };
    }

    private JsonObject? Compressor => Id switch
    {
        null => null,
        Blosc => new JsonObject { ["id"] = Id, ["blocksize"] = 0, ["clevel"] = Level, ["cname"] = Zstd, ["shuffle"] = 1 },
        _ => new JsonObject { ["id"] = Id, ["level"] = Level },
    };

    private JsonArray? Filters =>
        Id == Zstd ? new JsonArray(new JsonObject { ["elementsize"] = ItemSize, ["id"] = "shuffle" }) : null;

    private static byte[] Compress(byte[] raw, Func<Stream, Stream> compression)
    {
        using var compressed = new MemoryStream();
        using (var stream = compression(compressed))
        {
            stream.Write(raw);
        }

        return compressed.ToArray();
    }

    private static bool Decompress(Stream compressed, byte[] raw)
    {
        using var plain = compressed;
        try
        {
            return plain.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false) == raw.Length && plain.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>The stream of .NET does not miss a checksum that was cut off.</summary>
    private static bool HasAdler32(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> raw) =>
        bytes.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(bytes[^sizeof(uint)..]) == Adler32(raw);

    /// <summary>RFC 1950, section 8.2.</summary>
    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        const uint Modulus = 65521;
        const int BytesBeforeOverflow = 5552;
        uint a = 1, b = 0;
        for (; bytes.Length > 0; bytes = bytes[Math.Min(BytesBeforeOverflow, bytes.Length)..])
        {
            foreach (var value in bytes[..Math.Min(BytesBeforeOverflow, bytes.Length)])
            {
                a += value;
                b += a;
            }

            a %= Modulus;
            b %= Modulus;
        }

        return (b << 16) | a;
    }
}
