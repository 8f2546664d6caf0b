namespace Cairn.Engine.Tests.Verification;

public sealed class FieldScoresTests
{
    private const double Tolerance = 1e-12;

    /// <summary>Two members at two points, worked by hand.</summary>
    [Fact]
    public void Two_members_at_two_points_have_the_scores_of_a_calculation_by_hand()
    {
        var scores = Of([[1, 2], [3, 2]], [2, 5], [1, 1], [0.25, 0.75]);

        Assert.Equal(-2.25, scores.Bias, Tolerance);
        Assert.Equal(Math.Sqrt(6.75), scores.Rmse, Tolerance);
        Assert.Equal((0.25 * 0.5) + (0.75 * 3), scores.Crps, Tolerance);
        Assert.Equal(0.75 * 3, scores.FairCrps!.Value, Tolerance);
        Assert.Equal(Math.Sqrt(0.25 * 2), scores.Spread!.Value, Tolerance);
        Assert.Equal(Math.Sqrt(0.5) * Math.Sqrt(1.5) / Math.Sqrt(6.75), scores.SpreadSkill!.Value, Tolerance);
        Assert.Equal(3.25 / 3.5, scores.Acc!.Value, Tolerance);
        Assert.Equal(Math.Sqrt((0.25 * 1) + (0.75 * 9)), scores.MemberRmse!.Value, Tolerance);
        Assert.Equal(Math.Sqrt((0.25 * 1) + (0.75 * 16)), scores.ClimatologyRmse!.Value, Tolerance);
        Assert.Equal([0, 0.25, 0.75], scores.Ranks);
    }

    [Fact]
    public void Members_that_equal_the_truth_share_its_place()
    {
        var scores = Of([[2], [2], [5]], [2], [], [1]);

        Assert.Equal([1 / 3.0, 1 / 3.0, 1 / 3.0, 0], scores.Ranks);
    }

    [Fact]
    public void One_member_has_its_absolute_error_and_no_spread()
    {
        var scores = Of([[1, 4]], [2, 2], [], [0.5, 0.5]);

        Assert.Equal((0.5, 1.5), (scores.Bias, scores.Crps));
        Assert.Equal((null, null, null, null), (scores.FairCrps, scores.Spread, scores.SpreadSkill, scores.Acc));
        Assert.Equal((null, null), (scores.MemberRmse, scores.ClimatologyRmse));
    }

    [Fact]
    public void A_value_that_is_no_number_makes_no_score_of_it()
    {
        var scores = Of([[1, double.NaN], [1, 2]], [1, 2], [], [0.5, 0.5]);

        Assert.All([scores.Bias, scores.Rmse, scores.Crps, scores.Spread!.Value], score => Assert.True(double.IsNaN(score)));
    }

    /// <summary>The CRPS by its definition, over all pairs of members, for ensembles of many sizes.</summary>
    [Fact]
    public void The_score_of_ordered_members_is_that_of_all_pairs()
    {
        const int seed = 20261129;
        var random = new Random(seed);
        for (var count = 1; count <= 12; count++)
        {
            var members = Enumerable.Range(0, count).Select(_ => Draw(random)).ToArray();
            var truth = Draw(random);

            var distance = members.Average(m => Math.Abs(m - truth));
            var pairs = members.Sum(a => members.Sum(b => Math.Abs(a - b)));
            var scores = Of([.. members.Select(m => new[] { m })], [truth], [], [1]);

            Assert.True(Math.Abs(distance - (pairs / (2.0 * count * count)) - scores.Crps) < Tolerance, $"seed {seed}, {count} members");
            Assert.True(
                count == 1 || Math.Abs(distance - (pairs / (2.0 * count * (count - 1))) - scores.FairCrps!.Value) < Tolerance,
                $"seed {seed}, {count} members, fair");
            Assert.Equal(1, scores.Ranks.Sum(), Tolerance);
        }
    }

    private static double Draw(Random random) => Math.Round(10 * random.NextDouble(), 1);

    private static FieldScores Of(double[][] members, double[] truth, double[] climatology, double[] weights) =>
        FieldScores.Of([.. members.Select(m => (ReadOnlyMemory<double>)m)], truth, climatology, weights);
}
