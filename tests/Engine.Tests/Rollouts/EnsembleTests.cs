
namespace Cairn.Engine.Tests.Rollouts;

public sealed class EnsembleTests : IDisposable
{
    private readonly LibraryTrial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void All_batches_share_one_catalog_whose_write_counts_start_anew_and_which_tells_who_is_complete()
    {
        Assert.True(_trial.Ensemble("run", _trial.Catalog("run")));
        var rows = Checkpoint.ReadRows(_trial.Path("run"));

        Assert.Equal([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], rows.Select(r => r.WriteCount));
        Assert.Equal(["", "0", "0", "0, 1", "0, 1", "0, 1, 2"], new[] { 4, 5, 10, 11, 16, 17 }.Select(i => Completed(rows[i])));
        Assert.All(rows, row => Assert.Equal(TimeSpan.FromHours(6 * (row.WriteCount - 1)), row.LeadTime));
        Assert.Equal(TimeSpan.FromHours(30), _trial.Store("run").Committed(2));
    }

    [Fact]
    public void Without_a_checkpoint_it_runs_to_the_end_and_says_so()
    {
        // It answered false, as if it had been stopped.
        Assert.True(_trial.Ensemble("plain", null));
        Assert.True(_trial.Ensemble("kept", _trial.Catalog("kept")));
        Assert.False(_trial.Ensemble("stopped", null, stopAfter: 8));
        foreach (var variable in Trial.Variables)
            Trial.AssertSame(Trial.Digests(_trial.Path($"kept.zarr/{variable}")), Trial.Digests(_trial.Path($"plain.zarr/{variable}")));
    }

    [Theory]
    [InlineData(1, null, 1)]
    [InlineData(4, 1, 1)]
    [InlineData(6, 1, 1)]
    [InlineData(8, 1, 1)]
    [InlineData(9, 2, 2)]
    [InlineData(11, 4, 1)]
    [InlineData(17, 1, 1)]
    [InlineData(4, 1, null)]
    public void Stopped_anywhere_it_goes_on_with_the_first_incomplete_member_and_ends_with_the_same_bytes(
        int stopAfter, int? flush, int? batchSize)
    {
        _trial.Ensemble("calm", _trial.Catalog("calm", flush: flush), batchSize: batchSize);
        Assert.False(_trial.Ensemble("run", _trial.Catalog("run", flush: flush), stopAfter, batchSize));
        Assert.True(_trial.Ensemble("run", _trial.Catalog("run", flush: flush), batchSize: batchSize));

        _trial.AssertSameFields("calm", "run");
    }

    [Fact]
    public void Overwriting_keeps_one_row_and_resumes_from_it()
    {
        _trial.Ensemble("calm", _trial.Catalog("calm", mode: CheckpointMode.Overwrite));
        _trial.Ensemble("run", _trial.Catalog("run", mode: CheckpointMode.Overwrite), stopAfter: 9);
        Assert.Single(Checkpoint.ReadRows(_trial.Path("run")));
        Assert.True(_trial.Ensemble("run", _trial.Catalog("run", mode: CheckpointMode.Overwrite)));

        _trial.AssertSameFields("calm", "run");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Below_level_2_the_interrupted_rollout_begins_anew_with_a_warning_and_finished_members_do_not(int level)
    {
        _trial.Ensemble("calm", _trial.Catalog("calm", level));
        _trial.Ensemble("run", _trial.Catalog("run", level), stopAfter: 9);
        var recorder = new Recorder();
        Assert.True(_trial.Ensemble("run", _trial.Catalog("run", level), recorder: recorder));

        Assert.Contains("restarting from lead time zero", Assert.Single(recorder.Warnings), StringComparison.Ordinal);
        Assert.Equal(12, recorder.Of<Cairn.Engine.Rollouts.BoundaryReached>().Count());
        _trial.AssertSameFields("calm", "run");
    }

    [Fact]
    public void A_complete_ensemble_is_not_run_again()
    {
        _trial.Ensemble("run", _trial.Catalog("run"));
        var recorder = new Recorder();

        Assert.True(_trial.Ensemble("run", _trial.Catalog("run"), recorder: recorder));
        Assert.Empty(recorder.Events);
    }

    private static string Completed(CheckpointRow row) => row.Metadata["completed_ensembles"] switch
    {
        IEnumerable<object?> list => string.Join(", ", list),
        var one => $"{one}",
    };
}
