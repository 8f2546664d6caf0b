using Cairn.Engine.Tests.Rollouts;

namespace Cairn.Engine.Tests.Perturbations;

public sealed class GaussianStateTests : IDisposable
{
    private static readonly LatLonGrid Grid = new([30, 0, -30], [0, 90, 180, 270]);

    private readonly LibraryTrial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Level_1_keeps_the_generator_before_the_draw_and_level_2_the_one_after(int level, bool after)
    {
        using (var session = _trial.Catalog("run", level).Open())
        {
            Draw(session, [0, 1], level);
            session.Write();
        }
        using var restored = _trial.Catalog("run", level).Open();
        var kept = restored.Bind(new GaussianState()).Value.Generators;
        Assert.Equal(["000000", "000001"], kept.Keys.Order());
        using var generator = MemberGenerator.FromSeed(42, 1);
        if (after)
            randn([3, 4], ScalarType.Float64, generator: generator).Dispose();
        Assert.Equal(generator.GetState(), kept["000001"].Data.ToArray());
    }

    [Fact]
    public void Members_adopted_from_another_batch_bring_their_generators_and_no_others()
    {
        using (var session = _trial.Catalog("old").Open())
        {
            Draw(session, [0, 1, 2], level: 2);
            session.Write();
        }
        var perturbation = new NoisePerturbation(42, [0.5], new WhiteNoise(Grid));
        using (var source = _trial.Catalog("old").Open())
        {
            perturbation.Adopt(source, [1]);
        }
        using (var session = _trial.Catalog("new").Open())
        {
            perturbation.Bind(session);
            session.Write();
        }
        using var restored = _trial.Catalog("new").Open();
        Assert.Equal("000001", Assert.Single(restored.Bind(new GaussianState()).Value.Generators.Keys));
    }

    private static void Draw(CheckpointSession session, int[] members, int level)
    {
        var perturbation = new NoisePerturbation(42, [0.5], new WhiteNoise(Grid));
        perturbation.Bind(session);
        using var fields = full([members.Length, 1, 3, 4], 0, ScalarType.Float64);
        perturbation.Apply(fields, members, level).Dispose();
    }
}
