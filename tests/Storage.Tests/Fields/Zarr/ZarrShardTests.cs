using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Fields.Zarr;

/// <summary>Stores of version 3, whose files are shards of chunks.</summary>
public sealed class ZarrShardTests
{
    private const string Store = "/out/fields.zarr";
    private const string Shard = Store + "/u/c.1.0.0.0.0";

    private readonly RecordingFiles _files = new("/out");

    internal static FieldLayout Layout(int leadTimes = 9, int perChunk = 2, int perShard = 6) =>
        ZarrFieldStoreTests.Layout(leadTimes: leadTimes, perChunk: perChunk) with
        {
            Version = 3, LeadTimesPerShard = perShard, CompressionLevel = 3,
        };

    public static TheoryData<FieldCodec, int> Codecs => new() { { FieldCodec.Zlib, 4 }, { FieldCodec.Zstd, 3 }, { FieldCodec.Zstd, 0 } };

    [Fact]
    public void Whatever_is_written_is_read_chunk_by_chunk_and_in_any_piece()
    {
        const int seed = 20261129, rounds = 60;
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var (perChunk, chunks) = (random.Next(1, 4), random.Next(1, 5));
            var layout = Layout(random.Next(1, 14), perChunk, perChunk * chunks) with
            {
                Precision = random.Next(2) == 0 ? FieldPrecision.Single : FieldPrecision.Double,
                Codec = random.Next(2) == 0 ? FieldCodec.Zlib : FieldCodec.Zstd,
                CompressionLevel = random.Next(0, 10),
            };
            var path = $"/out/{round}.zarr";
            var store = ZarrFieldStore.Open(_files, path, layout);
            var times = layout.LeadTimes.Count;
            var all = Enumerable.Repeat(double.NaN, times * 12).ToArray();
            for (var first = 0; first < times; first += layout.LeadTimesPerShard)
            {
                // A run that stops writes what it has of a shard, and the whole shard once it has gone on.
                foreach (var count in new[] { random.Next(1, layout.LeadTimesPerShard + 1), layout.LeadTimesPerShard })
                {
                    var values = Values(random, Math.Min(count, times - first) * 12);
                    store.WriteChunk(2, first, "u", values);
                    values.CopyTo(all, first * 12);
                }
            }

            var what = $"seed {seed}, round {round}";
            for (var first = 0; first < times; first += perChunk)
            {
                var chunk = store.ReadChunk(2, first, "u")!;
                var length = Math.Min(perChunk, times - first) * 12;
                Assert.True(chunk.AsSpan(0, length).SequenceEqual(all.AsSpan(first * 12, length)), what);
                Assert.All(chunk[length..], value => Assert.True(double.IsNaN(value), what));
            }

            var from = random.Next(times);
            var count2 = random.Next(1, times - from + 1);
            var read = ZarrFields.Open(_files, path);
            Assert.True(read.Read("u", 2, from, count2).AsSpan().SequenceEqual(all.AsSpan(from * 12, count2 * 12)), what);
            var found = ZarrFieldStore.OpenExisting(_files, path).Layout;
            Assert.Equal(
                (layout.Version, perChunk, layout.LeadTimesPerShard), (found.Version, found.LeadTimesPerChunk, found.LeadTimesPerShard));
        }
    }

    [Fact]
    public void A_shard_that_ends_early_has_no_further_chunks()
    {
        var store = ZarrFieldStore.Open(_files, Store, Layout());
        store.WriteChunk(1, 0, "u", Values(new Random(1), 3 * 12));

        Assert.NotNull(store.ReadChunk(1, 0, "u"));
        Assert.All(store.ReadChunk(1, 2, "u")![12..], value => Assert.True(double.IsNaN(value)));
        Assert.Null(store.ReadChunk(1, 4, "u"));
        Assert.Null(store.ReadChunk(1, 6, "u"));
        Assert.True(store.HasChunk(1, 0, "u"));
        Assert.False(store.HasChunk(1, 6, "u"));
        var refusal = Assert.Throws<SpecException>(() => store.WriteChunk(1, 2, "u", new double[12]));
        Assert.Contains("a multiple of 6", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Every chunk and the index have a checksum, so that no bit goes unnoticed; another chunk takes no harm.</summary>
    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_flipped_bit_is_noticed_in_its_chunk_and_in_the_index_by_all(FieldCodec codec, int level)
    {
        var store = Written(Layout() with { Codec = codec, CompressionLevel = level });
        var good = _files.ReadAll(Shard);
        double[]?[] whole = [.. new[] { 0, 2, 4 }.Select(first => store.ReadChunk(1, first, "u"))];
        var index = good.Length - ((3 * 16) + 4);
        for (var at = 0; at < good.Length; at++)
        {
            byte[] bad = [.. good];
            bad[at] ^= (byte)(1 << (at % 8));
            Replace(bad);
            var hit = 0;
            for (var chunk = 0; chunk < whole.Length; chunk++)
            {
                try
                {
                    Assert.Equal(whole[chunk], store.ReadChunk(1, 2 * chunk, "u"));
                }
                catch (DataException e)
                {
                    hit++;
                    Assert.Contains("u/c.1.0.0.0.0", e.Message, StringComparison.Ordinal);
                    Assert.Contains("damaged", Assert.Throws<DataException>(
                        () => ZarrFields.Open(_files, Store).Read("u", 1, 2 * chunk, 2)).Message, StringComparison.Ordinal);
                }
            }

            Assert.True(hit == (at < index ? 1 : 3), $"byte {at} of {good.Length} was noticed by {hit} chunks");
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_shard_that_was_cut_off_or_goes_on_is_refused(FieldCodec codec, int level)
    {
        var store = Written(Layout() with { Codec = codec, CompressionLevel = level });
        var good = _files.ReadAll(Shard);
        for (var length = 0; length < good.Length; length++)
        {
            Replace(good[..length]);
            Assert.Contains("u/c.1.0.0.0.0", Assert.Throws<DataException>(() => store.ReadChunk(1, 0, "u")).Message,
                StringComparison.Ordinal);
        }

        Replace([.. good, 0]);
        Assert.Throws<DataException>(() => store.ReadChunk(1, 0, "u"));
        Replace([0, .. good]);
        Assert.Throws<DataException>(() => store.ReadChunk(1, 4, "u"));
    }

    [Theory]
    [InlineData(0, 100_000, "chunk 0 at byte 0 with 100000 bytes")]
    [InlineData(100_000, 4, "chunk 0 at byte 100000 with 4 bytes")]
    [InlineData(-2, 4, "expected at most")]
    [InlineData(8, -1, "expected at most")]
    [InlineData(-1, 8, "expected at most")]
    [InlineData(0, 3, "does not hold exactly 96 bytes of values")]
    public void An_index_that_leads_elsewhere_is_refused(long offset, long length, string expected)
    {
        var store = Written(Layout());
        var bad = _files.ReadAll(Shard);
        var index = bad.AsSpan(^((3 * 16) + 4)..);
        BinaryPrimitives.WriteInt64LittleEndian(index, offset);
        BinaryPrimitives.WriteInt64LittleEndian(index[8..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(index[^4..], Crc32C.Compute(index[..^4]));
        Replace(bad);

        var error = Assert.Throws<DataException>(() => store.ReadChunk(1, 0, "u"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("u/c.1.0.0.0.0", error.Message, StringComparison.Ordinal);
        Assert.NotNull(store.ReadChunk(1, 2, "u"));
    }

    public static TheoryData<string, string, string> OddMetadata => new()
    {
        { "codecs/0/name", "\"zfp\"", "codecs" },
        { "codecs/0/configuration/index_location", "\"start\"", "codecs" },
        { "codecs/0/configuration/index_codecs/0/configuration/endian", "\"big\"", "codecs" },
        { "codecs/0/configuration/codecs/0/configuration/endian", "\"big\"", "codecs" },
        { "codecs/0/configuration/codecs/1/configuration/shuffle", "\"bitshuffle\"", "codecs" },
        { "codecs/0/configuration/codecs/1/configuration/cname", "\"lz4\"", "u/.zarray" },
        { "codecs/0/configuration/codecs/1/name", "\"crc32c\"", "codecs" },
        { "codecs/0/configuration/chunk_shape/2", "4", "whole chunks" },
        { "codecs/0/configuration/chunk_shape/2", "0", "" },
        { "chunk_grid/name", "\"rectilinear\"", "chunk_grid" },
        { "chunk_key_encoding/configuration/separator", "\"/\"", "chunk_key_encoding" },
        { "data_type", "\"float16\"", "float16" },
        { "fill_value", "null", "" },
        { "dimension_names", "null", "" },
        { "storage_transformers", "[{\"name\": \"odd\"}]", "storage_transformers" },
        { "extension", "{\"must_understand\": true}", "extension" },
    };

    [Theory]
    [MemberData(nameof(OddMetadata))]
    public void Metadata_that_Cairn_does_not_write_are_refused_by_the_array_that_has_them(string place, string json, string expected)
    {
        _ = Written(Layout() with { Codec = FieldCodec.Zstd });
        var document = JsonNode.Parse(_files.ReadAll($"{Store}/zarr.json"))!;
        var array = document["consolidated_metadata"]!["metadata"]!["u"]!;
        var keys = place.Split('/');
        var holder = keys[..^1].Aggregate(array, (node, key) => int.TryParse(key, out var i) ? node[i]! : node[key]!);
        if (holder is JsonArray list)
            list[int.Parse(keys[^1], System.Globalization.CultureInfo.InvariantCulture)] = JsonNode.Parse(json);
        else
            holder[keys[^1]] = JsonNode.Parse(json);

        _files.DeleteFile($"{Store}/zarr.json");
        _files.Seed($"{Store}/zarr.json", Encoding.UTF8.GetBytes(document.ToJsonString()));

        foreach (var open in new Func<object>[]
        {
            () => ZarrFields.Open(_files, Store), () => ZarrFieldStore.OpenExisting(_files, Store),
        })
        {
            var error = Record.Exception(open);
            Assert.True(error is DataException or SpecException, $"{error}");
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_store_of_the_other_version_is_refused_and_one_of_both_too()
    {
        _ = Written(Layout());
        var before = _files.Operations.Count;
        var two = Assert.Throws<SpecException>(() => ZarrFieldStore.Open(_files, Store, ZarrFieldStoreTests.Layout()));
        Assert.Contains("has version 3 of Zarr, expected version 2", two.Message, StringComparison.Ordinal);
        Assert.Equal(before, _files.Operations.Count);
        ZarrFieldStore.Open(_files, "/out/two.zarr", ZarrFieldStoreTests.Layout());
        Assert.Contains("has version 2 of Zarr, expected version 3",
            Assert.Throws<SpecException>(() => ZarrFieldStore.Open(_files, "/out/two.zarr", Layout())).Message, StringComparison.Ordinal);

        _files.Seed($"{Store}/.zmetadata", _files.ReadAll("/out/two.zarr/.zmetadata"));
        Assert.Contains("metadata of two versions", Assert.Throws<DataException>(() => ZarrFields.Open(_files, Store)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"zarr_format": 3, "node_type": "array"}""")]
    [InlineData("""{"zarr_format": 3, "node_type": "group", "attributes": {}}""")]
    [InlineData("""{"zarr_format": 3, "node_type": "group", "node_type": "group"}""")]
    [InlineData("[1]")]
    public void A_group_without_consolidated_metadata_is_no_store(string json)
    {
        _files.CreateDirectory(Store);
        _files.Seed($"{Store}/zarr.json", Encoding.UTF8.GetBytes(json));

        Assert.Contains("is not consolidated Zarr metadata",
            Assert.Throws<DataException>(() => ZarrFields.Open(_files, Store)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_that_do_not_hold_whole_chunks_are_refused_and_version_2_has_none()
    {
        Assert.Contains("whole chunks", Assert.Throws<SpecException>(Layout(perShard: 5).Validate).Message, StringComparison.Ordinal);
        Assert.Contains("whole chunks", Assert.Throws<SpecException>(Layout(perShard: 1).Validate).Message, StringComparison.Ordinal);
        Assert.Contains("no shards", Assert.Throws<SpecException>(
            () => ZarrFieldStore.Require(_files, Store, Layout() with { Version = 0 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Committed_lead_times_and_growth_go_on_as_in_version_2()
    {
        var store = Written(Layout());
        store.Sync();
        store.SetCommitted([1], TimeSpan.FromHours(6));
        var grown = ZarrFieldStore.Open(_files, Store, Layout(leadTimes: 14) with { Members = 5 });
        grown.SetCommitted([4], TimeSpan.FromHours(12));

        var attributes = JsonNode.Parse(_files.ReadAll($"{Store}/zarr.json"))!["attributes"]!;
        Assert.Equal("""{"1":"PT6H","4":"PT12H"}""", attributes["committed_lead_time"]!.GetValue<string>());
        Assert.Equal((TimeSpan.FromHours(6), null), (grown.Committed(1), grown.Committed(0)));
        Assert.NotNull(grown.ReadChunk(1, 0, "u"));
        Assert.Equal(["c.1", "c.4", "zarr.json"], _files.List($"{Store}/committed_lead_time").Select(e => e.Name));
    }

    private ZarrFieldStore Written(FieldLayout layout)
    {
        var store = ZarrFieldStore.Open(_files, Store, layout);
        store.WriteChunk(1, 0, "u", Values(new Random(7), 6 * 12));
        return store;
    }

    private void Replace(byte[] bytes)
    {
        _files.DeleteFile(Shard);
        _files.Seed(Shard, bytes);
    }

    private static double[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (double)random.NextSingle())];
}
