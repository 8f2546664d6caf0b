namespace Cairn.Engine.Tests.Runs;

/// <summary>How many lead times share a file.</summary>
public sealed class ShardSpecTests : IDisposable
{
    private const string Three = SpecFolder.Whole + "output.zarr-format = 3\n";

    private readonly SpecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", 1)]
    [InlineData("checkpoint.flush-interval = 4", 4)]
    [InlineData("checkpoint.flush-interval = 12, output.every = 2", 6)]
    [InlineData("checkpoint.flush-interval = 12, output.lead-times-per-chunk = 3", 12)]
    [InlineData("checkpoint.flush-interval = 40", 10)]
    [InlineData("checkpoint.flush-interval = 17", 1)]
    [InlineData("checkpoint.flush-interval = 48, output.lead-times-per-chunk = 3", 12)]
    [InlineData("checkpoint.flush-interval = 40, output.lead-times-per-chunk = 20", 20)]
    [InlineData("checkpoint.flush-interval = none", 16)]
    [InlineData("checkpoint.flush-interval = auto, output.lead-times-per-chunk = 2", 2)]
    [InlineData("checkpoint.flush-interval = 40, output.lead-times-per-shard = 20", 20)]
    [InlineData("checkpoint.flush-interval = auto, output { lead-times-per-chunk = 2, lead-times-per-shard = 8 }", 8)]
    public void Without_a_word_of_it_a_shard_is_whole_at_every_commit(string line, int expected)
    {
        var store = (ZarrSpec)_folder.Read(Three + line).Output.Store;

        Assert.Equal((3, expected, expected), (store.Version, store.LeadTimesPerShard, store.LeadTimesPerFile));
    }

    [Fact]
    public void Version_2_has_none()
    {
        const string line = "checkpoint.flush-interval = 4, output.lead-times-per-chunk = 2";
        var store = (ZarrSpec)_folder.Read(SpecFolder.Whole + line).Output.Store;

        Assert.Equal((2, null, 2), (store.Version, store.LeadTimesPerShard, store.LeadTimesPerFile));
    }

    [Theory]
    [InlineData("output.zarr-format = 4", "output.zarr-format", "from 2 to 3")]
    [InlineData("output.lead-times-per-shard = 4", "output.lead-times-per-shard", "it belongs to 3")]
    [InlineData("output { zarr-format = 3, lead-times-per-shard = 0 }", "output.lead-times-per-shard", "at least 1")]
    [InlineData("checkpoint.flush-interval = 6, output { zarr-format = 3, lead-times-per-chunk = 2, lead-times-per-shard = 3 }",
        "output.lead-times-per-shard", "whole multiple of output.lead-times-per-chunk = 2")]
    [InlineData("checkpoint.flush-interval = 6, output { zarr-format = 3, lead-times-per-shard = 4 }",
        "checkpoint.flush-interval", "output.every * output.lead-times-per-shard divides")]
    public void What_cannot_be_is_a_mistake_of_its_setting(string line, string key, string expected) =>
        _folder.Mistake(SpecFolder.Whole + line, key, expected);
}
