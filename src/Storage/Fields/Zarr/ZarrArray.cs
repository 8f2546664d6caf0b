using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>One array of a Zarr store as Cairn writes them: C order, little-endian numbers, compressed as <see cref="ChunkCodec"/> has it,
/// a file a chunk or a file a shard of chunks. Read region by region; a chunk that was never written reads as the fill value.</summary>
public sealed class ZarrArray : IStoredArray
{
    private const int MostCached = 4;
    private readonly IDurableFiles _files;
    private readonly string _store;
    private readonly ChunkCodec _codec;
    private readonly ZarrFormat _format;

    /// <summary>How many chunks a file holds on each axis, where files are shards; null where they are chunks.</summary>
    private readonly long[]? _shard;
    private readonly byte[] _fill;
    private readonly Queue<(string Name, byte[]? Data)> _cache = new();

    /// <exception cref="DataException">The metadata is not of that kind; the message names the array.</exception>
    internal ZarrArray(IDurableFiles files, string store, ZarrFormat format, string name, JsonNode metadata)
    {
        (_files, _store, _format, Name) = (files, store, format, name);
        try
        {
            Shape = Extents(metadata["shape"]!, 0);
            Chunks = Extents(metadata["chunks"]!, 1);
            DType = NpyDType.Parse(metadata["dtype"]!.GetValue<string>());
            _codec = ChunkCodec.Of(metadata, DType.ItemSize) ?? throw Unknown(null);
            _shard = metadata["shards"] is { } shards ? ChunksOf(Extents(shards, 1)) : null;
            _fill = FillOf(DType, metadata["fill_value"]);
            var known = metadata[ZarrMetadata.Version]!.GetValue<int>() == format.Version
                && metadata["order"]!.GetValue<string>() == "C" && DType.Kind is 'f' or 'i' or 'u'
                && !metadata["dtype"]!.GetValue<string>().StartsWith('>')
                && Shape.Count == Chunks.Count && Shape.Count > 0 && Elements(Chunks) <= Array.MaxLength / DType.ItemSize;
            if (!known)
                throw Unknown(null);
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or FormatException or OverflowException)
        {
            throw Unknown(e);
        }
    }

    /// <summary>Its path below the store.</summary>
    public string Name { get; }
    public IReadOnlyList<long> Shape { get; }
    public IReadOnlyList<long> Chunks { get; }
    public NpyDType DType { get; }

    public byte[]? Read(IReadOnlyList<long> start, IReadOnlyList<long> extent)
    {
        var data = new byte[Elements(extent) * DType.ItemSize];
        for (var at = 0; at < data.Length; at += _fill.Length)
            _fill.CopyTo(data, at);

        var written = false;
        var end = start.Zip(extent, (s, e) => s + e).ToArray();
        var first = start.Zip(Chunks, (s, c) => s / c).ToArray();
        foreach (var chunk in BoxIndex.Indices(first, end.Zip(Chunks, (e, c) => (e + c - 1) / c).ToArray()))
        {
            if (Chunk(chunk) is { } raw)
            {
                written = true;
                Copy(raw, chunk, data, start, end);
            }
        }

        return written ? data : null;
    }

    /// <summary>The number of elements in a box.</summary>
    public static long Elements(IReadOnlyList<long> extents) => extents.Aggregate(1L, (product, extent) => checked(product * extent));

    private void Copy(byte[] raw, IReadOnlyList<long> chunk, byte[] data, IReadOnlyList<long> start, long[] end)
    {
        var origin = chunk.Zip(Chunks, (i, c) => i * c).ToArray();
        var low = origin.Zip(start, Math.Max).ToArray();
        var high = origin.Zip(Chunks, (o, c) => o + c).Zip(end, Math.Min).ToArray();
        var extent = end.Zip(start, (e, s) => e - s).ToArray();
        var run = (int)(high[^1] - low[^1]) * DType.ItemSize;
        high[^1] = low[^1] + 1;
        foreach (var index in BoxIndex.Indices(low, high))
        {
            var from = BoxIndex.Place(index, origin, Chunks) * DType.ItemSize;
            var to = BoxIndex.Place(index, start, extent) * DType.ItemSize;
            raw.AsSpan((int)from, run).CopyTo(data.AsSpan((int)to));
        }
    }

    private byte[]? Chunk(IReadOnlyList<long> index)
    {
        var name = string.Join('.', index);
        foreach (var cached in _cache)
        {
            if (cached.Name == name)
                return cached.Data;
        }

        var data = ReadChunk(index);
        if (_cache.Count == MostCached)
            _cache.Dequeue();

        _cache.Enqueue((name, data));
        return data;
    }

    private byte[]? ReadChunk(IReadOnlyList<long> index)
    {
        var file = _shard is null ? index : [.. index.Zip(_shard, (i, s) => i / s)];
        var path = ContainedPath.Join(_store, $"{Name}/{_format.ChunkName(file)}");
        try
        {
            using var stored = _files.OpenRead(path);
            var raw = new byte[Elements(Chunks) * DType.ItemSize];
            if (Bytes(stored, index, ChunkCodec.MostBytes(raw.Length), path) is not { } bytes)
                return null;

            return _codec.Decode(bytes, raw)
                ? raw
                : throw new DataException($"{path} does not hold exactly {raw.Length} bytes of values; it is damaged.");
        }
        catch (DurableIOException e) when (e.NotFound)
        {
            return null;
        }
    }

    private byte[]? Bytes(Stream stored, IReadOnlyList<long> index, long most, string path) => _shard is null
        ? ZarrChunk.ReadAll(stored, most)
        : ZarrShard.Read(
            stored, Elements(_shard), BoxIndex.Place([.. index.Zip(_shard, (i, s) => i % s)], new long[_shard.Length], _shard), most, path);

    /// <summary>How many chunks a shard holds on each axis.</summary>
    private long[] ChunksOf(long[] shard) => shard.Length == Chunks.Count && shard.Zip(Chunks).All(e => e.First % e.Second == 0)
        ? [.. shard.Zip(Chunks, (s, c) => s / c)]
        : throw new FormatException("its shards do not hold whole chunks");

    private static long[] Extents(JsonNode node, long least)
    {
        var extents = node.AsArray().Select(e => e!.GetValue<long>()).ToArray();
        return extents.All(e => e >= least) ? extents : throw new FormatException("an extent is too small");
    }

    private static byte[] FillOf(NpyDType dtype, JsonNode? node)
    {
        var real = node switch
        {
            null => 0,
            JsonValue value when value.TryGetValue<string>(out var text) => text switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => throw new FormatException($"the fill value '{text}' is not a number"),
            },
            _ => (double?)null,
        };
        return (dtype.Kind, dtype.ItemSize) switch
        {
            ('f', 4) => MemoryMarshal.AsBytes([(float)(real ?? node!.GetValue<double>())]).ToArray(),
            ('f', 8) => MemoryMarshal.AsBytes([real ?? node!.GetValue<double>()]).ToArray(),
            ('i', 8) => MemoryMarshal.AsBytes([node is null ? 0 : node.GetValue<long>()]).ToArray(),
            _ => throw new FormatException($"elements of {dtype.Name} are not read here"),
        };
    }

    private DataException Unknown(Exception? inner) => new(
        $"{_store}: {Name}/.zarray does not describe an array that Cairn writes ({(inner is null ? "" : inner.Message + "; ")}expected "
        + "Zarr version 2 or 3, C order, <f4, <f8 or <i8, and a compressor of output.compression or none). Compare it with xarray "
        + "instead.",
        inner);
}
