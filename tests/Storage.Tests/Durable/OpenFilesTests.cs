using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

public sealed class OpenFilesTests
{
    [Theory]
    [InlineData(1024L, 128)]
    [InlineData(192L, 0)]
    [InlineData(null, 5000)]
    public void A_limit_that_suffices_or_is_not_known_is_no_defect(long? limit, int ranks) => Assert.Null(OpenFiles.Defect(limit, ranks));

    [Fact]
    public void A_limit_that_does_not_suffice_is_told_with_what_to_raise_it_to()
    {
        Assert.Equal(
            "This process may have 1024 files open; a run with 512 slots has up to 2240. Raise the limit (ulimit -n 2240 in the shell that "
            + "starts it, LimitNOFILE= of a systemd unit), or take fewer (node.slots).",
            OpenFiles.Defect(1024, 512));
        Assert.InRange(OpenFiles.Limit!.Value, 1, long.MaxValue);
    }

    [Fact]
    public void What_the_surroundings_refuse_says_nothing_against_what_lies_there()
    {
        foreach (var (errno, told) in new[] { (13, "lacks permission"), (24, "ulimit -n"), (30, "mounted read-only") })
        {
            var error = new DurableIOException("open", "/scratch/run.json", errno, "refused");
            Assert.True(error.IsOfSurroundings);
            Assert.Contains(told, error.Message, StringComparison.Ordinal);
        }

        Assert.False(new DurableIOException("open", "/scratch/run.json", 5, "Input/output error").IsOfSurroundings);
    }
}
