using System.Collections.Concurrent;
using Cairn.Storage.Sessions;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>What is found, and what it takes to find it, when a run whose batches have ended is opened again.</summary>
public sealed class FinishedBatchTests : IDisposable
{
    private static readonly MemberRange First = new(0, 1);
    private readonly Trial _trial = new();
    private readonly RunSpec _spec;

    public FinishedBatchTests()
    {
        _spec = _trial.Spec("finished");
        _trial.Complete(_spec);
    }

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_batch_that_has_ended_costs_one_file_however_long_its_catalog_is()
    {
        var read = new ConcurrentBag<string>();
        _trial.Files.Reading = path => read.Add(Path.GetRelativePath(_spec.Checkpoint.Path, path));
        Assert.Equal([true, true], Ended());

        Assert.InRange(Directory.GetDirectories(Path.Combine(Folder, "commits")).Length, 7, int.MaxValue);
        var opened = Assert.Single(read, path => path.StartsWith(First.FolderName, StringComparison.Ordinal));
        Assert.Equal("manifest.json", Path.GetFileName(opened));
    }

    [Fact]
    public void A_session_that_a_newer_epoch_has_left_behind_ends_no_batch()
    {
        var catalog = new SessionCatalog(new CheckpointOptions { Path = Folder });
        catalog.BeginEpoch(EpochBase.Of(catalog.Read().Sessions[2]));

        Assert.Equal([false, true], Ended());
    }

    [Fact]
    public void A_batch_that_went_back_and_came_to_its_end_again_has_ended()
    {
        var catalog = new SessionCatalog(new CheckpointOptions { Path = Folder });
        catalog.BeginEpoch(EpochBase.Of(catalog.Read().Sessions[2]));
        _trial.Complete(_spec);

        Assert.Equal([true, true], Ended());
    }

    [Theory]
    [InlineData("*.npy", "")]
    [InlineData("*.npy", "cut")]
    [InlineData("metadata.json", "")]
    [InlineData("manifest.json", "")]
    [InlineData("manifest.json", "cut")]
    public void A_batch_whose_last_session_is_not_whole_has_not_ended(string file, string left)
    {
        foreach (var path in Directory.GetFiles(LastCommit, file, SearchOption.AllDirectories))
        {
            if (left.Length == 0)
                File.Delete(path);
            else
                File.WriteAllText(path, left);
        }
        Assert.Equal([false, true], Ended());
    }

    private string Folder => Path.Combine(_spec.Checkpoint.Path, First.FolderName);
    private string LastCommit => Directory.GetDirectories(Path.Combine(Folder, "commits")).Order(StringComparer.Ordinal).Last();

    private IEnumerable<bool> Ended()
    {
        using var host = _trial.Host(_spec);
        using var open = host.Open();
        return [.. open.Look().Select(look => look.HasEnded)];
    }
}
