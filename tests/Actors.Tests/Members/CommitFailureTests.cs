using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Fields;

namespace Cairn.Actors.Tests.Members;

public sealed class CommitFailureTests
{
    [Fact]
    public async Task A_failed_commit_is_told_tried_again_at_the_next_boundary_and_answered_after_a_pause()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var gang = await batch.NextGang();

        gang.FailStaging(2);

        Assert.Equal(TimeSpan.FromHours(6), (await batch.Until<SessionAborted>()).LeadTime);
        Assert.Equal(new RankOrder.Commit(-1), await gang.Until<RankOrder.Commit>());
        Assert.Equal(new RankOrder.Verdict(1, -1), await gang.Until<RankOrder.Verdict>());
        await gang.Commit(3);
        Assert.Equal(3, (await batch.Until<SessionCommitted>()).Boundary);
    }

    [Fact]
    public async Task Commits_that_keep_failing_end_the_gang()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast with { CommitRetries = 1 });
        var gang = await batch.NextGang();
        gang.FailStaging(2);
        await gang.Until<RankOrder.Verdict>();

        gang.FailStaging(3);

        Assert.Contains("2 commits failed one after another; the last: rank 0", (await batch.Until<RankFailed>()).Cause);
        Assert.Equal(2, (await batch.NextGang()).Start.Epoch);
    }

    [Fact]
    public async Task A_session_that_was_made_resets_the_count()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast with { CommitRetries = 1 });
        var gang = await batch.NextGang();
        for (var boundary = 1; boundary < 6; boundary += 2)
        {
            gang.FailStaging(boundary);
            await gang.Until<RankOrder.Verdict>();
            await gang.Commit(boundary + 1);
        }

        Assert.False(batch.HasLaunched);
    }

    [Fact]
    public async Task A_coordinator_that_cannot_make_a_session_ends_the_gang()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast, store: new BrokenStore());
        var gang = await batch.NextGang();

        gang.Stage(2);

        Assert.Contains("the store broke", (await batch.Until<RankFailed>()).Cause);
        var second = await batch.NextGang();
        Assert.Equal((2, 2), (second.Start.Epoch, second.Start.Boundary));
    }

    [Fact]
    public async Task A_session_that_a_disk_never_makes_durable_ends_the_gang()
    {
        using var store = new BrokenStore { Hangs = true };
        await using var batch = new SupervisedBatch(
            SupervisedBatch.Fast with { CommitDeadline = TimeSpan.FromMilliseconds(50) }, store: store);
        var gang = await batch.NextGang();

        gang.Stage(2);

        Assert.Contains("was not durable within supervision.commit-deadline = 0.05 s", (await batch.Until<RankFailed>()).Cause);
        await gang.Stopping;
    }

    /// <summary>Cannot tell what is committed, the first time.</summary>
    private sealed class BrokenStore : IFieldStore, IDisposable
    {
        private readonly ManualResetEventSlim _hang = new();
        private int _calls;

        public bool Hangs { get; init; }

        public FieldLayout Layout => null!;

        public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<float> data)
        {
        }

        public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<double> data)
        {
        }

        public double[]? ReadChunk(int member, int firstOutputIndex, string variable) => null;

        public bool HasChunk(int member, int firstOutputIndex, string variable) => true;

        public void Sync()
        {
        }

        public void BeginAnew(int member, int draw)
        {
        }

        public void SetCommitted(IReadOnlyCollection<int> members, TimeSpan leadTime)
        {
            if (Interlocked.Increment(ref _calls) > 1)
            {
                return;
            }

            if (Hangs)
            {
                _hang.Wait();
            }
            else
            {
                throw new InvalidOperationException("the store broke");
            }
        }

        public TimeSpan? Committed(int member) => null;

        public void Dispose() => _hang.Set();
    }
}
