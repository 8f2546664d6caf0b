using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Fields;

namespace Cairn.Actors.Tests.Members;

public sealed class CommitFailureTests : SupervisedBatch
{
    [Fact]
    public void A_failed_commit_is_told_tried_again_at_the_next_boundary_and_answered_after_a_pause()
    {
        Supervise(Fast with { FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromMinutes(1) });
        var gang = NextGang();

        gang.FailStaging(2);

        Assert.Equal(TimeSpan.FromHours(6), Until<SessionAborted>().LeadTime);
        Assert.Equal(new RankOrder.Commit(-1), gang.Until<RankOrder.Commit>());
        Advance(TimeSpan.FromSeconds(0.9), gang);
        AwaitProcessed(gang.Coordinator);
        gang.Workers[0].FishForMessage<RankOrder.Permit>(_ => true);
        gang.Workers[0].ExpectNoMsg(TimeSpan.Zero);
        Advance(TimeSpan.FromSeconds(0.2), gang);
        Assert.Equal(new RankOrder.Verdict(1, -1), gang.Until<RankOrder.Verdict>());
        gang.Commit(3);
        Assert.Equal(3, Until<SessionCommitted>().Boundary);
    }

    [Fact]
    public void Commits_that_keep_failing_end_the_gang()
    {
        Supervise(Fast with { CommitRetries = 1 });
        var gang = NextGang();
        FailAndGoOn(gang, 2);

        gang.FailStaging(3);

        Assert.Contains("2 commits failed one after another; the last: rank 0", Until<RankFailed>().Cause);
        Assert.Equal(2, RestartedGang().Start.Epoch);
    }

    [Fact]
    public void A_session_that_was_made_resets_the_count()
    {
        Supervise(Fast with { CommitRetries = 1 });
        var gang = NextGang();
        for (var boundary = 1; boundary < 6; boundary += 2)
        {
            FailAndGoOn(gang, boundary);
            gang.Commit(boundary + 1);
        }

        ExpectNoGang();
        Assert.Empty(Observed.OfType<RankFailed>());
    }

    [Fact]
    public void A_coordinator_that_cannot_make_a_session_ends_the_gang()
    {
        using var store = new BrokenStore();
        Supervise(Fast, store: store);
        var gang = NextGang();

        gang.Stage(2);

        Assert.Contains("the store broke", Until<RankFailed>().Cause);
        var second = RestartedGang();
        Assert.Equal((2, 2), (second.Start.Epoch, second.Start.Boundary));
    }

    [Fact]
    public void A_session_that_a_disk_never_makes_durable_ends_the_gang()
    {
        using var store = new BrokenStore { Hangs = true };
        Supervise(Fast with { CommitDeadline = TimeSpan.FromMinutes(2) }, store: store);
        var gang = NextGang();
        gang.Stage(2);
        Assert.True(store.Asked.Wait(TimeSpan.FromSeconds(30)));

        Advance(TimeSpan.FromMinutes(2), gang);

        Assert.Contains("was not durable within supervision.commit-deadline = 120 s", Until<RankFailed>().Cause);
        Ranks.ExpectMsg<EndGang>();
    }

    [Fact]
    public void A_rank_that_stages_too_late_costs_the_session_and_nothing_else()
    {
        Supervise(Fast with { CommitDeadline = TimeSpan.FromMinutes(2) }, ranks: new(2, Engine.Runs.RankLauncher.InProcess));
        var gang = NextGang();
        gang.Tell(new RankReport.Staged(new(0, GrantEpoch, 1, 2, "a")));
        AwaitProcessed(gang.Coordinator);

        Advance(TimeSpan.FromMinutes(2), gang);

        Assert.Equal(TimeSpan.FromHours(6), Until<SessionAborted>().LeadTime);
        Assert.Empty(Observed.OfType<RankFailed>());
    }

    private void FailAndGoOn(SteeredGang gang, int boundary)
    {
        gang.FailStaging(boundary);
        Until<SessionAborted>();
        Advance(Fast.LongestPause, gang);
        gang.Until<RankOrder.Verdict>();
    }

    /// <summary>Cannot tell what is committed, the first time.</summary>
    private sealed class BrokenStore : IFieldStore, IDisposable
    {
        private readonly ManualResetEventSlim _hang = new();
        private int _calls;

        public bool Hangs { get; init; }

        /// <summary>Set once it was asked to.</summary>
        public ManualResetEventSlim Asked { get; } = new();

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
                return;

            Asked.Set();
            if (Hangs)
                _hang.Wait();
            else
                throw new InvalidOperationException("the store broke");
        }

        public TimeSpan? Committed(int member) => null;

        public void Dispose() => _hang.Set();
    }
}
