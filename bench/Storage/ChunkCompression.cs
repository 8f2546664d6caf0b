using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;

namespace Cairn.Bench.Storage;

/// <summary>
/// The chunks of a run's own store, written and read by every codec, without fsync: bytes against those of the plain values, and times.
/// </summary>
internal sealed class ChunkCompression(string scratch, int rounds)
{
    private const int MostChunks = 200;
    private static readonly int[] ZstdLevels = [1, 3, 6, 9];

    public void Run(string path)
    {
        var source = ZarrFieldStore.OpenExisting(new PosixFiles(), path);
        var chunks = Chunks(source);
        var layout = source.Layout with
        {
            Variables = [.. source.Layout.Variables.Select(v => v with { KeepBits = null })],
            Version = 0,
            LeadTimesPerShard = source.Layout.LeadTimesPerChunk,
        };
        (string Name, FieldLayout Layout)[] ways =
        [
            ("zlib, level 4", layout with { Codec = FieldCodec.Zlib, CompressionLevel = 4 }),
            ("none", layout with { CompressionLevel = 0 }),
            .. from level in ZstdLevels
               select ($"zstd, level {level}, shuffled", layout with { Codec = FieldCodec.Zstd, CompressionLevel = level }),
            ("zlib, level 4, 12 bits kept", Rounded(layout with { Codec = FieldCodec.Zlib, CompressionLevel = 4 })),
            ("zstd, level 3, shuffled, 12 bits kept", Rounded(layout with { Codec = FieldCodec.Zstd, CompressionLevel = 3 })),
        ];
        var stores = ways.Select((way, i) =>
            ZarrFieldStore.Open(new NoSyncFiles(new PosixFiles()), Path.Combine(scratch, $"codec{i}.zarr"), way.Layout)).ToList();
        string[] names = [.. ways.Select(w => w.Name)];
        Time($"writing {chunks.Count} chunks of {layout.ChunkLength} values", store => Write(store, chunks));
        Time("reading them", store => Read(store, chunks));
        void Time(string title, Action<ZarrFieldStore> act) => new Measured(title, names)
            .Rounds(rounds, [.. stores.Select<ZarrFieldStore, Func<double>>(store => () => Measured.Milliseconds(() => act(store)))])
            .Print();

        var plain = chunks.Count * (double)layout.ChunkLength * sizeof(float);
        foreach (var (name, store) in names.Zip(stores))
        {
            var bytes = chunks.Select(c => c.Variable).Distinct().Sum(variable =>
                Directory.EnumerateFiles(Path.Combine(store.Path, variable), "*.0.*").Sum(file => new FileInfo(file).Length));
            Console.WriteLine($"  {name,-56}{bytes,14:N0} bytes{plain / bytes,8:0.00} x smaller");
        }
    }

    private static FieldLayout Rounded(FieldLayout layout) =>
        layout with { Variables = [.. layout.Variables.Select(v => v with { KeepBits = 12 })] };

    private static List<(int Member, int First, string Variable, float[] Values)> Chunks(ZarrFieldStore source) =>
    [
        .. (from member in Enumerable.Range(0, source.Layout.Members)
            from first in Enumerable.Range(0, source.Layout.LeadTimes.Count)
            where first % source.Layout.LeadTimesPerChunk == 0
            from variable in source.Layout.Variables
            let values = source.ReadChunk(member, first, variable.Name)
            where values is not null
            select (member, first, variable.Name, Array.ConvertAll(values, value => (float)value))).Take(MostChunks),
    ];

    private static void Write(ZarrFieldStore store, List<(int Member, int First, string Variable, float[] Values)> chunks)
    {
        foreach (var (member, first, variable, values) in chunks)
            store.WriteChunk(member, first, variable, values);
    }

    private static void Read(ZarrFieldStore store, List<(int Member, int First, string Variable, float[] Values)> chunks)
    {
        foreach (var (member, first, variable, _) in chunks)
            _ = store.ReadChunk(member, first, variable);
    }
}
