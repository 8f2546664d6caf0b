using Cairn.Storage.Fields.Zarr;

namespace Cairn.Engine.Stores;

/// <summary>What a spec says of a Zarr store.</summary>
public sealed record ZarrSpec : FieldStoreSpec
{
    /// <summary>The version of Zarr, 2 or 3.</summary>
    public int Version { get; init; } = 2;

    /// <summary>How many written lead times one shard of chunks holds in version 3; null in version 2, which has none.</summary>
    public int? LeadTimesPerShard { get; init; }

    public override int LeadTimesPerFile => LeadTimesPerShard ?? LeadTimesPerChunk;

    /// <summary>How chunks are compressed.</summary>
    public OutputCompression Compression { get; init; } = OutputCompression.Zlib;
}

/// <summary>How field chunks are compressed (<c>output.compression</c>).</summary>
public enum OutputCompression
{
    /// <summary>Deflate, as zlib or gzip.</summary>
    Zlib,

    /// <summary>Zstandard over shuffled bytes.</summary>
    Zstd,

    /// <summary>Stored as they are.</summary>
    None,
}

/// <summary>A Zarr store.</summary>
internal sealed class ZarrKind() : FieldStoreKind(Name, "a Zarr store")
{
    /// <summary>Its word.</summary>
    public const string Name = "zarr";

    /// <summary>.NET's zlib at level 1 spends 9 bits on most bytes of noisy floats (0.96 of their size, at 68 MB/s, of the winds of January
    /// 1990); higher levels than this one bring no more (0.84, at 47 MB/s).</summary>
    private const int ZlibLevel = 4;

    private const int ZstdLevel = 3;

    public override string OpenedBy => "python3 -c 'import sys, xarray; print(xarray.open_zarr(sys.argv[1]))'";
    public override IReadOnlyList<SettingSection> Sections => [ZarrSettings.Section];
    public override bool KeepsBits => true;
    public override FieldStoreSpec Usual { get; } = new ZarrSpec();
    public override IReadOnlyList<string> Marks { get; } = [".zmetadata", "zarr.json"];

    // A process killed while it made the store left its first folders.
    public override IReadOnlyList<string> Beginnings { get; } = [".zgroup", "zarr.json", "latitude", "lat"];

    public override FieldStoreSpec Read(SettingReader reader, int every, CheckpointSpec checkpoint) =>
        ZarrSettings.Read(reader, every, checkpoint);

    public override FieldLayout Complete(FieldLayout layout, FieldStoreSpec spec)
    {
        var own = (ZarrSpec)spec;
        return layout with
        {
            Version = own.Version == 2 ? 0 : own.Version,
            Codec = own.Compression == OutputCompression.Zstd ? FieldCodec.Zstd : FieldCodec.Zlib,
            CompressionLevel = own.Compression switch
            {
                OutputCompression.Zlib => ZlibLevel,
                OutputCompression.Zstd => ZstdLevel,
                _ => 0,
            },
        };
    }

    public override bool IsStore(string path, Func<string, bool> isFile) => ZarrStore.IsStore(path, isFile);
    public override void Require(FieldStoreRequest request) => ZarrFieldStore.Require(request.Files, request.Path, request.Layout);
    public override IFieldStore Open(FieldStoreRequest request) => ZarrFieldStore.Open(request.Files, request.Path, request.Layout);
    public override IFieldStore OpenExisting(IDurableFiles files, string path) => ZarrFieldStore.OpenExisting(files, path);
    public override StoredFields Read(IDurableFiles files, string path) => ZarrFields.Open(files, path);
    public override StoreContents Contents(IDurableFiles files, string path) => ZarrStore.Open(files, path);
    public override string? RunOf(IDurableFiles files, string path) => ZarrFieldStore.RunOf(files, path);
}

/// <summary>The settings of <c>output</c> for a Zarr store.</summary>
internal static class ZarrSettings
{
    /// <summary>The most lead times that a shard holds unless more are asked for: until it is whole it takes memory.</summary>
    private const int MostPerShard = 16;

    private static readonly ZarrSpec Usual = new();

    public static readonly SettingSection<ZarrSpec> Section = new(
        "output", spec => spec.Output.Store as ZarrSpec, OutputSettings.Kind.Is(ZarrKind.Name));

    private static readonly Setting<int> Version = Section.Add(
        "zarr-format", Integer("the version of Zarr", 2, 3), o => o.Version, usual: Usual.Version, shapes: Shaping.Layout,
        ifUnusual: true,
        help: "The version of Zarr: 2, with one file per chunk; or 3, with one file per shard of chunks, and so fewer files.");

    private static readonly Setting<int> LeadTimesPerChunk = Section.Add(
        "lead-times-per-chunk", Integer("how many lead times a chunk holds", 1), o => o.LeadTimesPerChunk, usual: Usual.LeadTimesPerChunk,
        shapes: Shaping.Layout,
        help: "How many lead times a chunk holds; times output.every it divides checkpoint.flush-interval.");

    private static readonly Setting<int?> LeadTimesPerShard = Section.Add(
        "lead-times-per-shard", Maybe(Integer("how many lead times a shard holds", 1)), o => o.LeadTimesPerShard,
        unset: "by the flush interval", shapes: Shaping.Layout, ifUnusual: true, only: Version.Is(3), example: "4",
        help: "How many lead times a shard holds, a multiple of those of a chunk; times output.every it divides "
            + "checkpoint.flush-interval. By default as many as possible, up to 16; with flush-interval = auto, those of a chunk.");

    private static readonly Setting<OutputCompression> Compression = Section.Add(
        "compression", Word<OutputCompression>(), o => o.Compression, usual: OutputCompression.Zlib, shapes: Shaping.Layout,
        help: "How chunks are compressed: zlib (gzip in version 3); zstd, Zstandard over shuffled bytes, smaller and faster; or none.");

    public static ZarrSpec Read(SettingReader reader, int every, CheckpointSpec checkpoint)
    {
        var (perChunk, version) = (reader.Get(LeadTimesPerChunk), reader.Get(Version));
        return new ZarrSpec
        {
            Version = version,
            LeadTimesPerChunk = perChunk,
            LeadTimesPerShard = version == 3 ? ReadPerShard(reader, (long)every * perChunk, perChunk, checkpoint) : null,
            Compression = reader.Get(Compression),
        };
    }

    /// <summary>Without a word of it, as many as the flush interval allows, so that a shard is complete at every commit; with an interval
    /// that is found out while the run goes on, a chunk.</summary>
    private static int? ReadPerShard(SettingReader reader, long boundariesPerChunk, int perChunk, CheckpointSpec checkpoint)
    {
        var most = checkpoint.AutoFlush ? 1 : Math.Max(1, MostPerShard / perChunk);
        var chunks = Enumerable.Range(1, most).Last(
            n => n == 1 || checkpoint.FlushInterval is not { } interval || interval % (n * boundariesPerChunk) == 0);
        var perShard = reader.Get(LeadTimesPerShard, chunks * perChunk);
        if (perShard % perChunk != 0)
            reader.Wrong(LeadTimesPerShard.Key, reader.Find(LeadTimesPerShard.Key), string.Create(
                CultureInfo.InvariantCulture, $"a whole multiple of output.lead-times-per-chunk = {perChunk}"));
        return perShard;
    }
}
