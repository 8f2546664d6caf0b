namespace Cairn.Engine.Tests.Torch;

public sealed class GeneratorTests
{
    private const ulong Seed = 42;

    [Fact]
    public void A_restored_generator_goes_on_where_the_saved_one_was()
    {
        using var generator = MemberGenerator.FromSeed(Seed, 3);
        using var skipped = randn([7], generator: generator);
        var state = generator.GetState();
        using var expected = randn([2, 73, 144], generator: generator);

        using var other = MemberGenerator.FromSeed(1, 0);
        other.SetState(state);
        using var found = randn([2, 73, 144], generator: other);

        Assert.Equal(5056, state.Length);
        Assert.True(found.HasBitsOf(expected));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1001)]
    public void A_state_taken_between_draws_of_any_size_is_complete(int draws)
    {
        using var generator = MemberGenerator.FromSeed(Seed, 0);
        using var before = randn([draws], ScalarType.Float64, generator: generator);
        var state = generator.GetState();
        using var expected = randn([draws], ScalarType.Float64, generator: generator);
        generator.SetState(state);
        using var found = randn([draws], ScalarType.Float64, generator: generator);

        Assert.True(found.HasBitsOf(expected));
        Assert.False(found.HasBitsOf(before));
    }

    [Fact]
    public void A_member_draws_the_same_in_whatever_order_members_are_made()
    {
        using var alone = Draw(5);
        using var first = Draw(0);
        using var again = Draw(5);

        Assert.True(alone.HasBitsOf(again));
        Assert.False(alone.HasBitsOf(first));
    }

    [Fact]
    public void Seeds_and_members_do_not_share_streams()
    {
        var seeds = new HashSet<ulong>();
        for (ulong run = 0; run < 100; run++)
        {
            for (var member = 0; member < 100; member++)
            {
                Assert.True(seeds.Add(MemberGenerator.MemberSeed(run, member)), $"run seed {run}, member {member}");
                Assert.True(seeds.Add(MemberGenerator.MemberSeed(run, member, attempt: 1)), $"run seed {run}, member {member}, attempt 1");
            }
        }
    }

    [Fact]
    public void The_mix_of_seeds_is_fixed_for_all_time()
    {
        // Computed apart from this code, by a splitmix64 whose first output for seed 0 is the published 0xE220A8397B1DCDAF.
        Assert.Equal(0x238275BC38FCBE91UL, MemberGenerator.MemberSeed(0, 0));
        Assert.Equal(0x77B243EFCEE10967UL, MemberGenerator.MemberSeed(42, 3));
    }

    [Fact]
    public void Draws_have_zero_mean_and_unit_variance()
    {
        using var generator = MemberGenerator.FromSeed(Seed, 0);
        using var draws = randn([100_000], ScalarType.Float64, generator: generator);
        var values = draws.ToArray<double>();
        var mean = values.Average();

        Assert.InRange(mean, -0.02, 0.02);
        Assert.InRange(values.Average(v => (v - mean) * (v - mean)), 0.98, 1.02);
    }

    [Fact]
    public void A_state_of_the_wrong_size_is_refused_and_the_generator_stays_as_it_was()
    {
        using var generator = MemberGenerator.FromSeed(Seed, 0);
        var state = generator.GetState();

        Assert.Throws<DataException>(() => generator.SetState(new byte[17]));
        Assert.Equal(state, generator.GetState());
    }

    private static Tensor Draw(int member)
    {
        using var generator = MemberGenerator.FromSeed(Seed, member);
        return randn([100], generator: generator);
    }
}
