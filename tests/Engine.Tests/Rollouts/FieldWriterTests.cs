namespace Cairn.Engine.Tests.Rollouts;

public sealed class FieldWriterTests
{
    [Fact]
    public void A_commit_in_flight_still_makes_its_fields_durable_after_the_batch_has_failed()
    {
        // The commit of the boundary before a failing step was lost here, with "The channel has been closed" for a warning.
        var store = new StandInStore();
        var writer = new FieldWriter(store, 4, "test");
        writer.Write([Chunk(0), Chunk(1)]);
        writer.Dispose();
        writer.MakeDurable();

        Assert.Equal([0, 1], store.Durable);
    }

    [Fact]
    public void After_a_failure_nothing_more_is_written_and_every_call_tells_of_it()
    {
        var store = new StandInStore { Fails = output => output == 1 ? new SpecException("chunk 1 is refused") : null };
        using var writer = new FieldWriter(store, 1, "test");
        var error = Assert.Throws<SpecException>(() =>
        {
            writer.Write([Chunk(0), Chunk(1)]);
            writer.MakeDurable();
        });

        Assert.Equal("chunk 1 is refused", error.Message);
        Assert.Throws<SpecException>(() => writer.Write([Chunk(2)]));
        Assert.Throws<SpecException>(writer.MakeDurable);
        Assert.Equal([0], store.Written);
        Assert.Empty(store.Durable);
    }

    [Fact]
    public void An_error_that_nobody_foresaw_reaches_the_batch_instead_of_ending_the_process()
    {
        var store = new StandInStore { Fails = _ => new InvalidOperationException("unforeseen") };
        using var writer = new FieldWriter(store, 1, "test");

        Assert.Throws<InvalidOperationException>(() =>
        {
            writer.Write([Chunk(0)]);
            writer.MakeDurable();
        });
    }

    [Fact]
    public void More_chunks_than_may_wait_are_all_written_in_order()
    {
        var store = new StandInStore();
        using var writer = new FieldWriter(store, 2, "test");
        writer.Write([.. Enumerable.Range(0, 50).Select(Chunk)]);
        writer.MakeDurable();

        Assert.Equal(Enumerable.Range(0, 50), store.Durable);
    }

    private static FieldChunk Chunk(int output) => new(0, output, "u", new float[1]);

    private sealed class StandInStore : IFieldStore
    {
        public List<int> Written { get; } = [];
        public List<int> Durable { get; } = [];
        public Func<int, Exception?> Fails { get; init; } = _ => null;
        public FieldLayout Layout => throw new NotSupportedException();
        public void BeginAnew(int member, int draw) => throw new NotSupportedException();

        public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<float> data)
        {
            if (Fails(firstOutputIndex) is { } error)
                throw error;
            Written.Add(firstOutputIndex);
        }

        public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<double> data) =>
            throw new NotSupportedException();

        public double[]? ReadChunk(int member, int firstOutputIndex, string variable) => null;
        public bool HasChunk(int member, int firstOutputIndex, string variable) => Written.Contains(firstOutputIndex);

        public void Sync()
        {
            Durable.Clear();
            Durable.AddRange(Written);
        }

        public void SetCommitted(IReadOnlyCollection<int> members, TimeSpan leadTime) { }
        public TimeSpan? Committed(int member) => null;
    }
}
