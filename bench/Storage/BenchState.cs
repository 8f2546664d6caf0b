using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.State;

namespace Cairn.Bench.Storage;

/// <summary>A model's state: one field per member, as a batch of a run keeps them.</summary>
[CheckpointState(Id = "bench.State")]
internal sealed class BenchState
{
    private const int Fields = 4;

    public Dictionary<string, object?> Members { get; set; } = [];

    /// <summary>Fills <paramref name="bytes"/> with noise, so that no file system finds anything to compress.</summary>
    public static BenchState OfSize(long bytes)
    {
        var random = new Random(20261122);
        var state = new BenchState();
        for (var i = 0; i < Fields; i++)
        {
            var data = new byte[bytes / Fields];
            random.NextBytes(data);
            state.Members[$"{i:000000}"] = new NdArray(NpyDType.Float32, [data.Length / sizeof(float)], data);
        }

        return state;
    }

    public static Checkpoint Catalog(string path, CheckpointMode mode, CheckpointStaging staging) => new("bench", new CheckpointOptions
    {
        Path = path, Mode = mode, Staging = staging, Rank = 0, WorldSize = 1,
    });
}
