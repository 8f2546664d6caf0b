namespace Cairn.Engine.Tests.Rollouts;

public sealed class DeterministicTests : IDisposable
{
    private readonly LibraryTrial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(4, 4)]
    [InlineData(5, null)]
    public void Stopped_anywhere_it_ends_with_the_same_bytes(int stopAfter, int? flush)
    {
        Assert.True(_trial.Deterministic("calm", _trial.Catalog("calm", flush: flush)));
        Assert.False(_trial.Deterministic("run", _trial.Catalog("run", flush: flush), stopAfter));
        Assert.True(_trial.Deterministic("run", _trial.Catalog("run", flush: flush)));

        _trial.AssertSameFields("calm", "run");
        Assert.Equal(TimeSpan.FromHours(30), _trial.Store("run", members: 1).Committed(0));
    }

    [Fact]
    public void An_older_row_may_be_selected_and_gone_on_from()
    {
        _trial.Deterministic("calm", _trial.Catalog("calm"));
        _trial.Deterministic("run", _trial.Catalog("run"));
        var catalog = _trial.Catalog("run");
        using var selected = catalog.Select(2).Enter();
        var recorder = new Recorder();

        Assert.True(_trial.Deterministic("run", catalog, recorder: recorder));
        Assert.Equal([3, 4, 5], recorder.Of<BoundaryReached>().Select(e => e.Boundary));
        _trial.AssertSameFields("calm", "run");
    }

    [Fact]
    public void Below_level_2_it_begins_anew_with_a_warning()
    {
        _trial.Deterministic("run", _trial.Catalog("run", level: 1), stopAfter: 3);
        var recorder = new Recorder();

        Assert.True(_trial.Deterministic("run", _trial.Catalog("run", level: 1), recorder: recorder));
        Assert.Single(recorder.Warnings);
        Assert.Equal(6, recorder.Of<BoundaryReached>().Count());
    }

    [Fact]
    public void A_catalog_of_another_schedule_is_refused_instead_of_mixed_up()
    {
        // The boundary was taken from the count of writes, whatever lead times they stood for.
        _trial.Deterministic("run", _trial.Catalog("run"), stopAfter: 4);
        var error = Assert.Throws<SpecException>(() => _trial.Deterministic(
            "run", _trial.Catalog("run"), schedule: LibraryTrial.Schedule with { Every = TimeSpan.FromHours(4) }));

        Assert.Contains("18 h", error.Message, StringComparison.Ordinal);
        Assert.Contains("every 4 h", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_changes_after_a_boundary_was_written_does_not_change_what_is_committed()
    {
        using var release = new ManualResetEventSlim();
        var files = new UnsyncedFiles { Before = (_, path) => Hold(path, release) };
        var options = new CheckpointOptions
        {
            Path = _trial.Path("held"), Staging = CheckpointStaging.Asynchronous, Rank = 0, WorldSize = 1, Files = files,
            TensorFactory = new Cairn.Engine.Torch.TensorFactory(),
        };
        using (var session = new Checkpoint("held", options).Open())
        {
            var (state, chunk) = (session.Bind(new RolloutState()).Value, session.Bind(new OpenChunkState()).Value);
            state.Members = new() { ["000000"] = Cairn.Engine.Torch.Tensors.From([1f, 2f, 3f], 3) };
            var array = Cairn.Storage.Arrays.NdArray.From([4f, 5f], 1, 2);
            chunk.Members = new() { ["000000"] = new() { ["u"] = array } };
            session.Write();

            state.Members["000000"].Dispose();
            state.Members = new() { ["000000"] = Cairn.Engine.Torch.Tensors.From([9f, 9f, 9f], 3) };
            array.AsSpan<float>().Fill(-1);
            release.Set();
            session.Drain();
        }
        using var restored = new Checkpoint("held", options).Open();
        Assert.Equal([1f, 2f, 3f], restored.Bind(new RolloutState()).Value.Members["000000"].ToArray<float>());
        Assert.Equal([4f, 5f], restored.Bind(new OpenChunkState()).Value.Members["000000"]["u"].AsSpan<float>().ToArray());
    }

    private static void Hold(string path, ManualResetEventSlim release)
    {
        if (path.Contains(".tmp_commit", StringComparison.Ordinal))
            Assert.True(release.Wait(TimeSpan.FromSeconds(30)));
    }
}
