using Cairn.Storage.Tests.Fields.Zarr;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Fields;

/// <summary>Each call of making a store, writing chunks and making them durable fails in turn.</summary>
public sealed class FieldFaultTests
{
    private const string Store = "/out/fields.zarr";

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Whatever_fails_nothing_is_called_durable_that_a_crash_takes(int version)
    {
        var whole = new RecordingFiles("/out");
        var layout = ZarrFieldStoreTests.Layout() with { Version = version };
        bool Run(RecordingFiles files) => Writes(files, layout);
        bool IsWhole(RecordingFiles files) => Holds(files, layout);
        Assert.True(Run(whole));
        for (var call = 1; call <= whole.Operations.Count; call++)
        {
            foreach (var (errno, effect) in new[] { (Fault.EIO, FaultEffect.None), (Fault.ENOSPC, FaultEffect.Partial) })
            {
                var files = new RecordingFiles("/out");
                files.Plant(new Fault(call, errno, Effect: effect));
                var what = $"call {call}, {whole.Operations[call - 1]}";
                Assert.False(Run(files), what);
                foreach (var after in files.CrashStates(samples: 3, seed: call).Prepend(files.Snapshot()))
                {
                    Assert.True(Run(after) && IsWhole(after), $"{what}: the store does not go on");
                    Assert.All(after.CrashStates(samples: 2, seed: call), twice => Assert.True(IsWhole(twice), what));
                }
            }
        }
    }

    /// <summary>A failed fsync was asked for again by the next call, which then reported success for names that a crash may take.</summary>
    [Fact]
    public void After_a_failed_fsync_the_store_reports_no_success_until_it_is_opened_again()
    {
        var files = new RecordingFiles("/out");
        var store = ZarrFieldStore.Open(files, Store, ZarrFieldStoreTests.Layout());
        store.WriteChunk(0, 0, "u", new double[24]);
        files.Plant(new Fault(1, Fault.EIO, "fsync", Store + "/u"));
        Assert.Throws<DurableIOException>(store.Sync);
        var fsyncs = files.Operations.Count(o => o.Call == "fsync");

        var refusal = Assert.Throws<DurableIOException>(store.Sync);

        Assert.Equal(fsyncs, files.Operations.Count(o => o.Call == "fsync"));
        Assert.Contains("open the store again", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<DurableIOException>(() => store.SetCommitted([0], TimeSpan.FromHours(6)));
        Assert.Throws<DurableIOException>(() => store.WriteChunk(0, 0, "u", new double[24]));
        var again = ZarrFieldStore.Open(files, Store, ZarrFieldStoreTests.Layout());
        again.WriteChunk(0, 0, "u", new double[24]);
        again.Sync();
    }

    private static bool Writes(RecordingFiles files, FieldLayout layout)
    {
        try
        {
            var store = ZarrFieldStore.Open(files, Store, layout);
            store.WriteChunk(0, 0, "u", Values());
            store.WriteChunk(1, 2, "vorticity", Values());
            store.Sync();
            return true;
        }
        catch (DurableIOException)
        {
            return false;
        }
    }

    private static bool Holds(RecordingFiles files, FieldLayout layout)
    {
        var store = ZarrFieldStore.Open(files.Snapshot(), Store, layout);
        return store.ReadChunk(0, 0, "u") is { } u && u.SequenceEqual(Values())
            && store.ReadChunk(1, 2, "vorticity") is { } v && v.SequenceEqual(Values());
    }

    private static double[] Values() => [.. Enumerable.Range(0, 24).Select(i => i + 0.5)];
}
