namespace Cairn.Engine.Tests.Rollouts;

public sealed class RestorePlanTests(ITestOutputHelper log)
{
    private static readonly MemberRange All = new(0, 15);

    [Fact]
    public void Without_sessions_there_is_nothing_to_restart_from() => Assert.Null(RestorePlan.Choose(All, []));

    [Fact]
    public void The_newest_session_of_the_own_folder_is_the_ordinary_restart()
    {
        var plan = RestorePlan.Choose(All, [Of(All, 2), Of(All, 6), Of(All, 4)]);

        Assert.Equal(6, plan!.Boundary);
        Assert.True(plan.IsOwn(All));
    }

    [Fact]
    public void Of_two_sessions_at_one_boundary_the_later_one_is_taken()
    {
        var (first, second) = (Of(All, 6, order: 1), Of(All, 6, order: 2));

        Assert.Equal([second], RestorePlan.Choose(All, [first, second])!.Sources.Values.Distinct());
    }

    [Fact]
    public void Sixteen_members_cut_into_four_and_twelve_read_their_states_from_the_old_folder()
    {
        var old = Of(All, 8);

        foreach (var batch in new MemberRange[] { new(0, 3), new(4, 15) })
        {
            var plan = RestorePlan.Choose(batch, [old])!;
            Assert.Equal(8, plan.Boundary);
            Assert.False(plan.IsOwn(batch));
            Assert.Equal(batch.Members, plan.Sources.Keys.Order());
            Assert.All(plan.Sources.Values, source => Assert.Same(old, source));
        }
    }

    [Fact]
    public void A_batch_made_of_several_goes_on_from_its_slowest_member()
    {
        MemberRange fast = new(0, 7), slow = new(8, 15);

        Assert.Equal(4, RestorePlan.Choose(All, [Of(fast, 2), Of(fast, 4), Of(fast, 8), Of(slow, 2), Of(slow, 4)])!.Boundary);
    }

    [Fact]
    public void A_member_without_any_session_holds_the_whole_batch_back() =>
        Assert.Null(RestorePlan.Choose(All, [Of(new(0, 14), 8), Of(new(0, 7), 2)]));

    [Fact]
    public void The_own_folder_is_preferred_where_another_has_the_same_boundary()
    {
        MemberRange own = new(0, 3);

        Assert.True(RestorePlan.Choose(own, [Of(All, 6, order: 9), Of(own, 6, order: 0)])!.IsOwn(own));
    }

    [Fact]
    public void Once_a_damaged_session_is_dropped_the_next_choice_does_without_it()
    {
        var (damaged, older) = (Of(All, 8), Of(All, 6));
        var candidates = new List<RestoreCandidate> { older, damaged };

        Assert.Equal(8, RestorePlan.Choose(All, candidates)!.Boundary);
        candidates.Remove(damaged);
        Assert.Equal(6, RestorePlan.Choose(All, candidates)!.Boundary);
    }

    [Fact]
    public void In_thousands_of_candidate_sets_the_choice_is_the_latest_boundary_that_all_members_have()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var set = 0; set < 3000; set++)
        {
            var batch = Range(random);
            var candidates = Enumerable.Range(0, random.Next(0, 12)).Select(i => Of(Range(random), random.Next(0, 5), i)).ToList();
            var plan = RestorePlan.Choose(batch, candidates);

            var possible = Enumerable.Range(0, 5).Where(b =>
                batch.Members.All(m => candidates.Exists(c => c.Boundary == b && Holds(c, m)))).ToList();
            Assert.Equal(possible.Count == 0 ? null : possible.Max(), plan?.Boundary);
            if (plan is null)
                continue;
            Assert.Equal(batch.Members, plan.Sources.Keys.Order());
            Assert.All(plan.Sources, s => Assert.True(
                Holds(s.Value, s.Key) && s.Value.Boundary == plan.Boundary && candidates.Contains(s.Value)));
            Assert.Equal(candidates.Exists(c => c.Folder == batch && c.Boundary == plan.Boundary), plan.IsOwn(batch));
            var reversed = RestorePlan.Choose(batch, [.. candidates.AsEnumerable().Reverse()])!;
            Assert.Equal(plan.Sources.OrderBy(s => s.Key), reversed.Sources.OrderBy(s => s.Key));
        }
    }

    private static bool Holds(RestoreCandidate candidate, int member) =>
        candidate.Folder.First <= member && member <= candidate.Folder.Last;

    private static MemberRange Range(Random random)
    {
        var first = random.Next(0, 6);
        return new MemberRange(first, first + random.Next(0, 4));
    }

    private static RestoreCandidate Of(MemberRange folder, int boundary, int order = 0) =>
        new(folder, $"commit {boundary} {order}", boundary, order);
}
