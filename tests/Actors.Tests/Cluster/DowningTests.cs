using Akka.Cluster;
using Cairn.Actors.Cluster;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>
/// Every way in which up to three seeds and four workers can fall apart, and every order in which those of a side learn of it and decide.
/// </summary>
public sealed class DowningTests
{
    private const int MaxSeeds = 3;
    private const int MaxWorkers = 4;

    private static readonly DowningSettings Settings = new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1));

    [Fact]
    public void In_no_partition_do_two_sides_go_on()
    {
        foreach (var seeds in Enumerable.Range(1, MaxSeeds))
        {
            foreach (var sides in Partitions(seeds))
            {
                var goOn = sides.Count(side => DowningSides.Ends(seeds, side, workers: 1).Any(e => e.GoesOn));
                Assert.True(goOn <= 1, $"{seeds} seeds in {Text(sides)}: {goOn} sides can go on");
            }
        }
    }

    [Fact]
    public void The_side_with_most_seeds_goes_on_in_every_order_of_notice_and_all_others_leave()
    {
        foreach (var (seeds, side, workers) in AllSides())
        {
            var most = 2 * side.Count > seeds || (2 * side.Count == seeds && side.Contains(0));
            var ends = DowningSides.Ends(seeds, side, workers);

            // Where a side leaves, it has removed nobody: who left can come back to the workers.
            Assert.NotEmpty(ends);
            Assert.All(ends, end => Assert.True(
                most ? end.Alive.SetEquals(side) && end.GoesOn : end.Alive.Count == 0 && !end.Removed,
                $"{Text([side])} of {seeds} seeds, {workers} workers elsewhere: {Text([end.Alive])} stayed, goes on: {end.GoesOn}"));
        }
    }

    [Theory]
    [InlineData(MemberStatus.Joining)]
    [InlineData(MemberStatus.WeaklyUp)]
    [InlineData(MemberStatus.Down)]
    [InlineData(MemberStatus.Exiting)]
    public void A_seed_that_is_not_up_decides_nothing(MemberStatus status)
    {
        var self = Seed(0) with { Status = status, Age = status is MemberStatus.Joining or MemberStatus.WeaklyUp ? int.MaxValue : 0 };

        Assert.IsType<DowningDecision.Wait>(Decide(self, Seed(1), Worker(0, lostFor: 100)));
    }

    [Theory]
    [InlineData(MemberStatus.Joining)]
    [InlineData(MemberStatus.WeaklyUp)]
    public void A_seed_that_comes_to_workers_alone_removes_those_that_are_gone_for_long(MemberStatus status)
    {
        var self = Seed(0) with { Status = status, Age = int.MaxValue };
        var before = Seed(1, lostFor: 100) with { Status = MemberStatus.Down };

        Assert.IsType<DowningDecision.Wait>(Decide(self, before, Worker(0, lostFor: 5), Worker(1)));
        Assert.Equal([Worker(0).Node], Assert.IsType<DowningDecision.Down>(
            Decide(self, before, Worker(0, lostFor: 100), Worker(1))).Nodes);
    }

    [Fact]
    public void A_worker_decides_nothing() =>
        Assert.IsType<DowningDecision.Wait>(Decide(Worker(0), Seed(0, lostFor: 100), Worker(1, lostFor: 100)));

    [Fact]
    public void A_lost_worker_is_downed_once_it_is_lost_for_long_enough()
    {
        Assert.IsType<DowningDecision.Wait>(Decide(Seed(0), Worker(0, lostFor: 2.9), Worker(1)));
        var decision = Assert.IsType<DowningDecision.Down>(Decide(Seed(0), Worker(0, lostFor: 3), Worker(1), Worker(2, lostFor: 1)));
        Assert.Equal([Worker(0).Node], decision.Nodes);
    }

    [Fact]
    public void A_lone_seed_that_lost_all_its_workers_stays() =>
        Assert.IsType<DowningDecision.Down>(Decide(Seed(0), Worker(0, lostFor: 9), Worker(1, lostFor: 9)));

    [Fact]
    public void A_younger_seed_lets_an_older_one_decide_first()
    {
        Assert.IsType<DowningDecision.Wait>(Decide(Seed(1), Seed(0), Seed(2), Worker(0, lostFor: 3.9)));
        Assert.IsType<DowningDecision.Down>(Decide(Seed(1), Seed(0), Seed(2), Worker(0, lostFor: 4)));
    }

    [Fact]
    public void Seeds_that_are_just_being_lost_are_waited_for_but_not_for_ever()
    {
        Assert.IsType<DowningDecision.Wait>(Decide(Seed(0), Seed(1, lostFor: 5), Seed(2, lostFor: 1)));
        Assert.IsType<DowningDecision.Leave>(Decide(Seed(0), Seed(1, lostFor: 5), Seed(2, lostFor: 3)));
        Assert.IsType<DowningDecision.Leave>(Decide(Seed(0), Seed(1, lostFor: 12), Seed(2, lostFor: 1)));
    }

    [Fact]
    public void A_seed_that_was_downed_still_counts_until_it_is_removed()
    {
        var downed = Seed(1, lostFor: 20) with { Status = MemberStatus.Down };

        Assert.IsType<DowningDecision.Leave>(Decide(Seed(0), downed, Seed(2, lostFor: 5)));
        Assert.IsType<DowningDecision.Down>(Decide(Seed(0), Seed(2, lostFor: 5)));
    }

    [Fact]
    public void The_last_seed_goes_on_when_all_others_are_taken_out_though_they_are_not_gone_yet()
    {
        var (old, young) = (Seed(0, lostFor: 100) with { Status = MemberStatus.Down }, Seed(1) with { Status = MemberStatus.Down });

        Assert.IsType<DowningDecision.Down>(Decide(Seed(2), old, young, Worker(0, lostFor: 100)));
        Assert.IsType<DowningDecision.Leave>(Decide(Seed(2), old, Seed(1, lostFor: 100), Worker(0, lostFor: 100)));
    }

    [Fact]
    public void A_seed_that_leaves_in_good_order_takes_no_vote_with_it() => Assert.IsType<DowningDecision.Down>(
        Decide(Seed(1), Seed(0, lostFor: 9) with { Status = MemberStatus.Exiting }));

    [Fact]
    public void A_decision_says_how_the_seeds_stand() => Assert.Equal(
        "1 of 2 seeds are on this side, the oldest not", Decide(Seed(1), Seed(0, lostFor: 9)).Because);

    private static DowningDecision Decide(DowningMember self, params DowningMember[] others) =>
        Downing.Decide(new(self.Node, [self, .. others]), Settings);

    private static DowningMember Seed(int age, double? lostFor = null) => DowningSides.Member(age, isSeed: true, Lost(lostFor));

    private static DowningMember Worker(int number, double? lostFor = null) =>
        DowningSides.Member(MaxSeeds + number, isSeed: false, Lost(lostFor));

    private static TimeSpan? Lost(double? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;

    private static IEnumerable<(int Seeds, HashSet<int> Side, int Workers)> AllSides() =>
        from seeds in Enumerable.Range(1, MaxSeeds)
        from bits in Enumerable.Range(1, (1 << seeds) - 1)
        let side = Enumerable.Range(0, seeds).Where(s => (bits & (1 << s)) != 0).ToHashSet()
        from workers in Enumerable.Range(0, MaxWorkers + 1)
        where side.Count < seeds || workers > 0
        select (seeds, side, workers);

    /// <summary>Every way to put seeds into sides. Workers that are with a side have no say, so only those elsewhere matter.</summary>
    private static IEnumerable<List<HashSet<int>>> Partitions(int seeds)
    {
        if (seeds == 0)
            return [[]];

        return Partitions(seeds - 1).SelectMany(p =>
            p.Select((_, i) => p.Select((b, j) => i == j ? [.. b, seeds - 1] : b.ToHashSet()).ToList())
            .Append([.. p, [seeds - 1]]));
    }

    private static string Text(IEnumerable<IEnumerable<int>> sides) => string.Join(" | ", sides.Select(s => string.Join(",", s)));
}
