using System.Runtime.InteropServices;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Fields.Zarr;

/// <summary>Zstandard over shuffled bytes, and rounded mantissas, against numcodecs as zarr-python uses it.</summary>
public sealed class FieldCodecTests : IDisposable
{
    private const int DescriptorByte = 4;
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-codec-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Store => Path.Combine(_root, "fields.zarr");

    [SkippableTheory]
    [InlineData(FieldPrecision.Single, null)]
    [InlineData(FieldPrecision.Double, null)]
    [InlineData(FieldPrecision.Single, 1)]
    [InlineData(FieldPrecision.Single, 12)]
    [InlineData(FieldPrecision.Single, 23)]
    [InlineData(FieldPrecision.Double, 30)]
    public void Numcodecs_reads_the_same_values_and_rounds_to_the_same_bits(FieldPrecision precision, int? kept)
    {
        const int seed = 20261130;
        var random = new Random(seed);
        var layout = Layout(precision, kept);
        double[] values =
        [
            0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, float.MaxValue, float.Epsilon, 1e-40, -1.5,
            .. Enumerable.Range(0, layout.ChunkLength - 9).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30))),
        ];
        var store = ZarrFieldStore.Open(new PosixFiles(), Store, layout);
        store.WriteChunk(1, 0, "u", values);
        File.WriteAllBytes(Path.Combine(_root, "raw"), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

        Assert.Equal(
            $"agreed {seed}", Python.Run(
                """
                import sys, numpy as np, xarray as xr, zarr
                from numcodecs import BitRound
                store, raw, dtype, kept, seed = sys.argv[1:]
                want = np.fromfile(raw, 'f8').astype(dtype)
                if int(kept):
                    rounded = BitRound(int(kept)).encode(want.copy()).view(dtype)
                    want = np.where(np.isfinite(want) & np.isfinite(rounded), rounded, want)
                z = zarr.open(store, mode='r')['u']
                assert z.compressor.codec_id == 'zstd' and [f.codec_id for f in z.filters] == ['shuffle'], z.info
                assert np.array_equal(z[1, 0].ravel().view('u1'), want.view('u1')), 'seed ' + seed
                attrs = xr.open_zarr(store).u.attrs
                assert attrs.get('_QuantizeBitRoundNumberOfSignificantBits', 0) == int(kept), attrs
                print('agreed', seed)
                """,
                ["numpy", "xarray", "zarr"], Store, Path.Combine(_root, "raw"), precision == FieldPrecision.Single ? "<f4" : "<f8",
                $"{kept ?? 0}", $"{seed}").Trim());
        var read = store.ReadChunk(1, 0, "u")!;
        Assert.Equal(read, ZarrFields.Open(new PosixFiles(), Store).Read("u", 1, 0, 2));
        Assert.Equal((FieldCodec.Zstd, kept), (Existing().Layout.Codec, Existing().Layout.Variables[0].KeepBits));
    }

    [Fact]
    public void Another_codec_or_other_bits_are_another_layout()
    {
        var files = new RecordingFiles("/out");
        ZarrFieldStore.Open(files, "/out/fields.zarr", Layout(FieldPrecision.Single, null));
        string Refusal(FieldLayout layout) =>
            Assert.Throws<SpecException>(() => ZarrFieldStore.Open(files, "/out/fields.zarr", layout)).Message;

        Assert.Contains("compressor id: found \"zstd\", expected \"zlib\"",
            Refusal(Layout(FieldPrecision.Single, null) with { Codec = FieldCodec.Zlib }), StringComparison.Ordinal);
        Assert.Contains("NumberOfSignificantBits: found nothing, expected 9",
            Refusal(Layout(FieldPrecision.Single, 9)), StringComparison.Ordinal);
        Assert.Throws<SpecException>(() => Layout(FieldPrecision.Single, 24).Validate());
    }

    [Fact]
    public void A_damaged_chunk_is_a_data_error()
    {
        var files = new RecordingFiles("/out");
        var store = ZarrFieldStore.Open(files, "/out/fields.zarr", Layout(FieldPrecision.Single, null));
        store.WriteChunk(0, 0, "u", (float[])[.. Enumerable.Range(0, 24).Select(i => i + 0.25f)]);
        var values = store.ReadChunk(0, 0, "u")!;
        const string chunk = "/out/fields.zarr/u/0.0.0.0.0";
        var good = files.ReadAll(chunk);
        for (var at = 0; at < good.Length; at++)
        {
            byte[] flipped = [.. good];
            flipped[at] ^= 0x10;
            foreach (var bad in new[] { flipped, good[..at] })
            {
                files.DeleteFile(chunk);
                files.Seed(chunk, bad);
                // A bit of the frame's header means nothing.
                if (!ReferenceEquals(bad, flipped) || at != DescriptorByte)
                {
                    var error = Assert.Throws<DataException>(() => store.ReadChunk(0, 0, "u"));
                    Assert.Contains("u/0.0.0.0.0", error.Message, StringComparison.Ordinal);
                }
                else
                {
                    Assert.Equal(values, store.ReadChunk(0, 0, "u"));
                }
            }
        }
    }

    private ZarrFieldStore Existing() => ZarrFieldStore.OpenExisting(new PosixFiles(), Store);

    private static FieldLayout Layout(FieldPrecision precision, int? kept) => ZarrFieldStoreTests.Layout(leadTimes: 2) with
    {
        Codec = FieldCodec.Zstd, Precision = precision, Variables = [new FieldVariable("u", "m s-1") { KeepBits = kept }],
    };
}
