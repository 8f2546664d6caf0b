namespace Cairn.Engine.Tests.Rollouts;

public sealed class FieldChunksTests
{
    private const int FieldSize = 3;
    private static readonly int[] Batch = [2, 3, 4];
    private static readonly string[] Variables = ["u", "v"];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Each_chunk_is_given_out_once_and_whole(int perChunk)
    {
        var chunks = new FieldChunks(Batch, Variables, FieldSize, perChunk);
        chunks.Resume(0, []);
        var given = Enumerable.Range(0, 9).SelectMany(output => Gather(chunks, output)).ToList();

        Assert.Equal(
            9 / perChunk * Batch.Length * Variables.Length, given.Select(c => (c.Member, c.Variable, c.FirstOutput)).Distinct().Count());
        Assert.Equal(given.Count, given.Select(c => (c.Member, c.Variable, c.FirstOutput)).Distinct().Count());
        Assert.All(given, c => Assert.Equal(Expected(c, perChunk), c.Data.ToArray()));
        Assert.Empty(chunks.Open());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public void Going_on_in_the_middle_of_a_chunk_gives_the_same_chunks(int restartAfter)
    {
        const int perChunk = 3;
        var before = new FieldChunks(Batch, Variables, FieldSize, perChunk);
        before.Resume(0, []);
        var given = Enumerable.Range(0, restartAfter).SelectMany(output => Gather(before, output)).ToList();
        var kept = new OpenChunkState();
        kept.Keep(before.Open(), FieldSize);

        var after = new FieldChunks(Batch, Variables, FieldSize, perChunk);
        after.Resume(restartAfter - (restartAfter % perChunk), kept.ChunksOf(Batch));
        Assert.Equal(restartAfter % perChunk, after.Pending);
        given.AddRange(Enumerable.Range(restartAfter, 9 - restartAfter).SelectMany(output => Gather(after, output)));

        Assert.Equal(3 * Batch.Length * Variables.Length, given.Count);
        Assert.All(given, c => Assert.Equal(Expected(c, perChunk), c.Data.ToArray()));
    }

    [Fact]
    public void What_is_kept_of_an_open_chunk_is_not_changed_by_what_follows()
    {
        var chunks = new FieldChunks(Batch, Variables, FieldSize, 3);
        chunks.Resume(0, []);
        Gather(chunks, 0);
        var open = chunks.Open();
        Gather(chunks, 1);
        chunks.Next(2, 0).Fill(-1);

        Assert.All(open, c => Assert.Equal(Expected(c, 1), c.Data.ToArray()));
    }

    [Fact]
    public void What_was_given_out_is_not_changed_by_what_follows()
    {
        var chunks = new FieldChunks(Batch, Variables, FieldSize, 1);
        chunks.Resume(0, []);
        var first = Gather(chunks, 0);
        Gather(chunks, 1);

        Assert.All(first, c => Assert.Equal(Expected(c, 1), c.Data.ToArray()));
    }

    [Fact]
    public void A_session_with_fields_of_a_variable_that_is_not_written_is_refused_by_name()
    {
        var chunks = new FieldChunks(Batch, Variables, FieldSize, 3);

        var error = Assert.Throws<DataException>(() => chunks.Resume(0, [new FieldChunk(2, 0, "w", new float[FieldSize])]));
        Assert.Contains("'w'", error.Message, StringComparison.Ordinal);
        Assert.Contains("u, v", error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<FieldChunk> Gather(FieldChunks chunks, int output)
    {
        foreach (var member in Batch)
        {
            for (var variable = 0; variable < Variables.Length; variable++)
            {
                var field = chunks.Next(member, variable);
                for (var point = 0; point < FieldSize; point++)
                    field[point] = Value(member, variable, output, point);
            }
        }
        return chunks.EndLeadTime();
    }

    private static float[] Expected(FieldChunk chunk, int perChunk) =>
    [
        .. from slot in Enumerable.Range(0, perChunk) from point in Enumerable.Range(0, FieldSize)
           select Value(chunk.Member, Array.IndexOf(Variables, chunk.Variable), chunk.FirstOutput + slot, point),
    ];

    private static float Value(int member, int variable, int output, int point) =>
        (member * 1000) + (variable * 100) + (output * 10) + point;
}
