namespace Cairn.Engine.Tests.Rollouts;

/// <summary>A run that grows, or is cut anew, ends as if it had been begun that way.</summary>
public sealed class GrowthTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(null, 4)]
    [InlineData(3, 1, 3)]
    [InlineData(null, 2, 4)]
    public void More_lead_times_later_give_the_bytes_of_all_at_once(int? flush, int perChunk, int? perShard = null)
    {
        var whole = Chunks(_trial.Spec("whole"), flush, perChunk, perShard);
        var grown = Chunks(_trial.Spec("grown"), flush, perChunk, perShard);
        _trial.Complete(whole);
        _trial.Complete(Count(grown, 2));
        _trial.Complete(Count(grown, 4));
        var last = _trial.Complete(grown);

        Assert.All(last.Of<BatchStarted>(), e => Assert.Equal(4, e.Boundary));
        Trial.AssertSameEnd(whole, grown);
    }

    [Fact]
    public void More_members_later_give_the_bytes_of_all_at_once_and_old_ones_are_not_stepped_again()
    {
        var (whole, grown) = (_trial.Spec("whole"), _trial.Spec("grown"));
        _trial.Complete(Size(whole, 7, 2));
        _trial.Complete(Size(grown, 3, 2));
        var last = _trial.Complete(Size(grown, 7, 2));

        Assert.Equal(["members 3-4", "members 5-6"], last.Of<BatchStarted>().Select(e => $"{e.Batch}"));
        Trial.AssertSameEnd(Size(whole, 7, 2), Size(grown, 7, 2));
    }

    [Fact]
    public void Growing_with_the_default_batch_size_steps_only_the_new_members()
    {
        // The batch size was the ensemble's, 4, and is now 8: the old members would have been stepped again from lead time zero.
        var (whole, grown) = (_trial.Spec("whole"), _trial.Spec("grown"));
        _trial.Complete(Size(whole, 8, 8));
        _trial.Complete(Size(grown, 4, 4));
        var last = _trial.Complete(Size(grown, 8, 8));

        Assert.Equal(["members 4-7"], last.Of<BatchStarted>().Select(e => $"{e.Batch}"));
        Trial.AssertSameEnd(Size(whole, 8, 8), Size(grown, 8, 8));
    }

    [Theory]
    [InlineData(4, 1, 3, null, 4)]
    [InlineData(2, 4, 5, 1, 1)]
    [InlineData(1, 3, 2, null, 3)]
    public void Another_batch_size_goes_on_from_each_members_own_state(int before, int now, int boundary, int? flush, int perChunk)
    {
        var (whole, recut) = (Chunks(_trial.Spec("whole"), flush, perChunk), Chunks(_trial.Spec("recut"), flush, perChunk));
        _trial.Complete(Size(whole, 4, now));
        _trial.StopAt(Size(recut, 4, before), boundary, member: 3);
        var last = _trial.Complete(Size(recut, 4, now));

        Assert.Contains(last.Of<BatchStarted>(), e => e.Boundary >= boundary && e.Session is null);
        Assert.Empty(last.Warnings);
        Trial.AssertSameEnd(Size(whole, 4, now), Size(recut, 4, now));
    }

    [Fact]
    public void Sixteen_members_become_four_and_twelve()
    {
        var (whole, recut) = (_trial.Spec("whole"), _trial.Spec("recut"));
        _trial.Complete(Size(whole, 16, 12));
        _trial.StopAt(Size(recut, 16, 16), 4);
        var last = _trial.Complete(Size(recut, 16, 12));

        Assert.All(last.Of<BatchStarted>(), e => Assert.Equal(4, e.Boundary));
        Trial.AssertSameEnd(Size(whole, 16, 12), Size(recut, 16, 12));
    }

    [Fact]
    public void A_complete_run_that_is_cut_anew_is_complete_in_its_new_folders_too()
    {
        // The new folders had no session of their own, so that the run's status said "0 %" for ever, and every start began another epoch.
        var spec = _trial.Spec("run");
        _trial.Complete(Size(spec, 4, 2));
        var first = _trial.Complete(Size(spec, 4, 4));
        var second = _trial.Complete(Size(spec, 4, 4));

        Assert.Equal(0, first.Of<BatchCompleted>().Sum(e => e.Steps));
        Assert.Empty(second.Of<BatchStarted>());
        var status = RunStatus.Read(spec.Checkpoint.Path, new PosixFiles());
        Assert.True(status.Complete);
        Assert.Equal([new MemberRange(0, 3)], status.Batches.Select(b => b.Batch));
    }

    [Fact]
    public void A_model_whose_bits_depend_on_the_batch_refuses_another_cut_unless_told_otherwise()
    {
        var spec = _trial.Spec("run");
        _trial.StopAt(Size(spec, 4, 2), 3, model: new StandInModel(dependsOnBatch: true));
        var before = Trial.Digests(_trial.Folder);
        var error = Assert.Throws<SpecException>(() => _trial.Run(Size(spec, 4, 4), model: new StandInModel(dependsOnBatch: true)));

        Assert.Contains("batch-size: was 2, now 4", error.Message, StringComparison.Ordinal);
        Trial.AssertSame(before, Trial.Digests(_trial.Folder));
        var accepting = spec with { Checkpoint = spec.Checkpoint with { OnFingerprintChange = FingerprintPolicy.Warn } };
        var told = _trial.Complete(Size(accepting, 4, 4), new StandInModel(dependsOnBatch: true));
        Assert.Contains("batch-size: was 2, now 4", Assert.Single(told.Warnings), StringComparison.Ordinal);
    }

    private static RunSpec Count(RunSpec spec, int count) => spec with { LeadTimes = spec.LeadTimes with { Count = count } };

    private static RunSpec Size(RunSpec spec, int size, int batchSize) =>
        spec with { Ensemble = spec.Ensemble with { Size = size, BatchSize = batchSize } };

    private static RunSpec Chunks(RunSpec spec, int? flush, int perChunk, int? perShard = null) => spec with
    {
        Checkpoint = spec.Checkpoint with { FlushInterval = flush },
        Output = spec.Output with
        {
            Store = new ZarrSpec { LeadTimesPerChunk = perChunk, Version = perShard is null ? 2 : 3, LeadTimesPerShard = perShard },
        },
    };
}
