using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.Fields;

public sealed class MemoryFieldStoreTests
{
    private readonly MemoryFieldStore _store = new(new FieldLayout
    {
        Members = 2,
        Time = CfTime.Parse("1990-01-16", CfCalendar.Standard, out _),
        LeadTimes = [TimeSpan.Zero, TimeSpan.FromHours(6), TimeSpan.FromHours(12)],
        Latitude = [10, 0],
        Longitude = [0, 90, 180],
        Variables = [new FieldVariable("u")],
        LeadTimesPerChunk = 2,
    });

    [Fact]
    public void What_is_written_at_once_is_read_chunk_by_chunk()
    {
        var layout = _store.Layout with { LeadTimesPerShard = 4 };
        var store = new MemoryFieldStore(layout);
        var values = Enumerable.Range(0, 3 * layout.PlaneLength).Select(i => i + 0.5).ToArray();
        store.WriteChunk(1, 0, "u", values);

        Assert.Equal(values[..layout.ChunkLength], store.ReadChunk(1, 0, "u"));
        Assert.Equal(values[layout.ChunkLength..], store.ReadChunk(1, 2, "u")![..layout.PlaneLength]);
        Assert.All(store.ReadChunk(1, 2, "u")![layout.PlaneLength..], value => Assert.True(double.IsNaN(value)));
        Assert.Contains("multiple of 4", Assert.Throws<SpecException>(() => store.WriteChunk(1, 2, "u", values)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_chunk_reads_back_and_what_it_lacks_is_missing()
    {
        _store.WriteChunk(1, 2, "u", [1f, 2, 3, 4, 5, 6]);

        Assert.Equal([1, 2, 3, 4, 5, 6], _store.Field(1, 2, "u"));
        Assert.All(_store.ReadChunk(1, 2, "u")![6..], value => Assert.True(double.IsNaN(value)));
        Assert.All(_store.Field(0, 0, "u"), value => Assert.True(double.IsNaN(value)));
        Assert.True(_store.HasChunk(1, 2, "u"));
        Assert.False(_store.HasChunk(0, 2, "u"));
    }

    [Fact]
    public void What_was_read_is_the_callers_own()
    {
        _store.WriteChunk(0, 0, "u", [1d, 2, 3, 4, 5, 6]);
        _store.ReadChunk(0, 0, "u")![0] = 7;

        Assert.Equal(1, _store.Field(0, 0, "u")[0]);
    }

    [Fact]
    public void What_the_layout_does_not_have_is_refused()
    {
        Assert.Throws<SpecException>(() => _store.WriteChunk(2, 0, "u", new double[6]));
        Assert.Throws<SpecException>(() => _store.WriteChunk(0, 1, "u", new double[6]));
        Assert.Throws<SpecException>(() => _store.WriteChunk(0, 4, "u", new double[6]));
        Assert.Throws<SpecException>(() => _store.WriteChunk(0, 0, "w", new double[6]));
        Assert.Throws<SpecException>(() => _store.WriteChunk(0, 0, "u", new double[7]));
        Assert.Throws<SpecException>(() => _store.ReadChunk(0, 0, "w"));
    }

    [Fact]
    public void Members_are_committed_each_by_itself()
    {
        _store.SetCommitted([1], TimeSpan.FromHours(6));

        Assert.Null(_store.Committed(0));
        Assert.Equal(TimeSpan.FromHours(6), _store.Committed(1));
    }
}
