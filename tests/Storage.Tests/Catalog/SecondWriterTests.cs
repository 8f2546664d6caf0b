using Cairn.Storage.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>A catalog without epochs has one writer; a second one is refused by name.</summary>
public sealed class SecondWriterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Whoever_writes_while_another_session_does_is_refused_with_host_and_process()
    {
        using var first = OnDisk().Open();
        using (var second = OnDisk().Open())
        {
            // Reading is free; both had opened the catalog before either wrote.
            first.Write();
            var error = Assert.Throws<FencedException>(() => second.Write());
            Assert.Contains($"host {Environment.MachineName}", error.Message, StringComparison.Ordinal);
            Assert.Contains($"pid {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
        }

        Assert.NotNull(first.Write());
        Assert.Throws<FencedException>(() => Checkpoint.Prune(_directory.Path, keep: 1, dryRun: false));
        first.Dispose();
        using var third = OnDisk().Open();
        Assert.NotNull(third.Write());
        Assert.Equal([1, 2, 3], OnDisk().Rows.Select(r => r.WriteCount));
    }

    [Fact]
    public void Where_no_lock_reaches_rows_that_somebody_else_wrote_meanwhile_are_noticed()
    {
        var files = new RecordingFiles("/data");
        using var first = new TestCatalog(files).Checkpoint().Open();
        first.Write();
        using (var second = new TestCatalog(files, process: 2).Checkpoint().Open())
        {
            second.Write();
        }

        var error = Assert.Throws<FencedException>(() => first.Write());
        Assert.Contains("second writer", error.Message, StringComparison.Ordinal);
        Assert.Contains(new TestCatalog(files).Checkpoint().Rows[^1].CommitId, error.Message, StringComparison.Ordinal);
    }

    private Checkpoint OnDisk() => new("x", new CheckpointOptions
    {
        Path = _directory.Path, Mode = CheckpointMode.Append, Rank = 0, WorldSize = 1, Durability = CheckpointDurability.None,
    });
}
