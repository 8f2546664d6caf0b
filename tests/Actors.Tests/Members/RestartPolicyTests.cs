using Cairn.Actors.Members;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Members;

public sealed class RestartPolicyTests
{
    private static readonly GangFailure Failure = new(FailureKind.Step, "a NaN") { Member = 3, Boundary = 10, StartedFrom = 8 };

    [Fact]
    public void Pauses_double_up_to_the_longest_and_jitter_stays_within_half()
    {
        var policy = Policy(max: 100);
        for (var failure = 1; failure <= 100; failure++)
        {
            var full = Math.Min(60, Math.Pow(2, failure - 1));
            var pause = Assert.IsType<RestartDecision.Restart>(policy.Decide(Failure)).Pause.TotalSeconds;

            Assert.InRange(pause, full / 2, full);
        }
    }

    [Fact]
    public void A_long_first_pause_stays_a_pause_however_often_it_doubles()
    {
        var settings = Settings(max: 1_000) with { FirstPause = TimeSpan.FromDays(20), LongestPause = TimeSpan.FromDays(10_000_000) };
        var policy = new RestartPolicy(settings, 1);
        for (var failure = 0; failure < 1_000; failure++)
        {
            Assert.InRange(
                Assert.IsType<RestartDecision.Restart>(policy.Decide(Failure)).Pause, TimeSpan.FromDays(10), settings.LongestPause);
        }
    }

    [Fact]
    public void The_same_seed_jitters_the_same_and_another_does_not()
    {
        Assert.Equal(Pauses(seed: 5), Pauses(seed: 5));
        Assert.NotEqual(Pauses(seed: 5), Pauses(seed: 6));
    }

    [Fact]
    public void Twice_at_the_same_lead_time_goes_one_session_further_back_and_once_more_there_further_still()
    {
        var policy = Policy(max: 10);

        Assert.Null(Before(policy.Decide(Failure)));
        Assert.Equal(8, Before(policy.Decide(Failure)));
        Assert.Equal(6, Before(policy.Decide(Failure with { StartedFrom = 6 })));
        Assert.Equal(4, Before(policy.Decide(Failure with { StartedFrom = 4 })));
        Assert.Null(Before(policy.Decide(Failure with { StartedFrom = -1 })));
    }

    [Fact]
    public void Other_lead_times_other_sessions_and_unknown_places_suspect_nothing()
    {
        var policy = Policy(max: 10);

        Assert.Null(Before(policy.Decide(Failure)));
        Assert.Null(Before(policy.Decide(Failure with { Boundary = 9 })));
        Assert.Null(Before(policy.Decide(Failure with { StartedFrom = 9 })));
        Assert.Null(Before(policy.Decide(Failure with { Boundary = null })));
        Assert.Null(Before(policy.Decide(Failure with { Boundary = null })));
    }

    [Fact]
    public void A_session_beyond_all_others_resets_the_failures_and_an_earlier_one_does_not()
    {
        var policy = new RestartPolicy(Settings(max: 3), 1, boundary: 8);
        _ = policy.Decide(Failure);
        policy.Committed(8);
        Assert.Equal(1, policy.Failures);

        policy.Committed(9);

        Assert.Equal(0, policy.Failures);
        Assert.Null(Before(policy.Decide(Failure)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void After_its_restarts_a_batch_fails(int max)
    {
        var policy = Policy(max);
        for (var restart = 0; restart < max; restart++)
            Assert.IsType<RestartDecision.Restart>(policy.Decide(Failure));

        Assert.IsType<RestartDecision.GiveUp>(policy.Decide(Failure));
    }

    [Fact]
    public void A_member_is_dropped_once_and_the_others_have_restarts_of_their_own()
    {
        var policy = Policy(1, FailurePolicy.Drop);
        _ = policy.Decide(Failure);
        Assert.Equal(new RestartDecision.Drop(3), policy.Decide(Failure));

        Assert.IsType<RestartDecision.Restart>(policy.Decide(Failure with { Member = 4 }));
        Assert.Equal(new RestartDecision.Drop(4), policy.Decide(Failure with { Member = 4 }));
        _ = policy.Decide(Failure);
        Assert.IsType<RestartDecision.GiveUp>(policy.Decide(Failure));
    }

    [Fact]
    public void A_member_is_redrawn_as_often_as_there_are_restarts()
    {
        var policy = Policy(1, FailurePolicy.RePerturb);
        policy.Committed(8);
        _ = policy.Decide(Failure);
        Assert.Equal(new RestartDecision.RePerturb(3), policy.Decide(Failure));
        _ = policy.Decide(Failure);
        policy.Committed(0);
        Assert.Equal(0, policy.Failures);

        _ = policy.Decide(Failure);
        Assert.IsType<RestartDecision.GiveUp>(policy.Decide(Failure));
    }

    [Theory]
    [InlineData(FailurePolicy.Drop, "drop")]
    [InlineData(FailurePolicy.RePerturb, "re-perturb")]
    public void No_member_is_dropped_or_redrawn_if_none_is_known_to_be_at_fault(FailurePolicy onFailure, string word)
    {
        var decision = Assert.IsType<RestartDecision.GiveUp>(Policy(0, onFailure).Decide(Failure with { Member = null }));

        Assert.Contains($"supervision.on-failure = {word} cannot help", decision.Reason);
    }

    [Fact]
    public void A_permanent_failure_is_given_up_at_once() =>
        Assert.IsType<RestartDecision.GiveUp>(Policy(10).Decide(Failure with { Kind = FailureKind.Permanent }));

    [Fact]
    public void A_batch_that_takes_its_processes_with_it_is_quarantined_and_each_counts_once()
    {
        var policy = Policy(100);
        foreach (var process in new[] { "a", "a", "b", "b", "a" })
            Assert.IsType<RestartDecision.Restart>(policy.Decide(Lost(process)));

        var decision = Assert.IsType<RestartDecision.GiveUp>(policy.Decide(Lost("c")));

        Assert.Contains("quarantined: it has taken 3 processes", decision.Reason);
    }

    [Fact]
    public void A_batch_that_makes_progress_between_the_losses_is_not_quarantined()
    {
        var policy = Policy(3);
        for (var loss = 0; loss < 20; loss++)
        {
            Assert.IsType<RestartDecision.Restart>(policy.Decide(Lost($"process {loss}")));
            policy.Committed(loss);
        }
    }

    [Fact]
    public void No_sequence_of_failures_without_progress_goes_on_for_ever()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var (max, members) = (random.Next(6), random.Next(1, 6));
            var policy = Policy(max, (FailurePolicy)random.Next(3));
            var bound = ((members * Math.Max(1, max)) + members + 1) * (max + 1);
            var failures = 1;
            while (policy.Decide(Any(random, members)) is not RestartDecision.GiveUp)
                Assert.True(++failures <= bound, $"seed {seed}: {failures} failures, and it is not given up");
        }
    }

    private static GangFailure Any(Random random, int members) => Failure with
    {
        Member = random.Next(10) == 0 ? null : random.Next(members),
        Boundary = random.Next(4) == 0 ? null : random.Next(12),
        StartedFrom = random.Next(-1, 10),
    };

    private static GangFailure Lost(string process) => new(FailureKind.Process, "killed") { LostProcess = process };

    private static int? Before(RestartDecision decision) => Assert.IsType<RestartDecision.Restart>(decision).Before;

    private static List<TimeSpan> Pauses(int seed)
    {
        var policy = new RestartPolicy(Settings(10), seed);
        return [.. Enumerable.Range(0, 10).Select(_ => Assert.IsType<RestartDecision.Restart>(policy.Decide(Failure)).Pause)];
    }

    private static RestartPolicy Policy(int max, FailurePolicy onFailure = FailurePolicy.Fail) => new(Settings(max, onFailure), 1);

    private static SupervisionSpec Settings(int max, FailurePolicy onFailure = FailurePolicy.Fail) => new()
    {
        MaxRestarts = max, FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromMinutes(1), OnFailure = onFailure,
        QuarantineAfter = 3,
    };
}
