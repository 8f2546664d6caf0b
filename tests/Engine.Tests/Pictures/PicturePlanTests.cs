namespace Cairn.Engine.Tests.Pictures;

public sealed class PicturePlanTests
{
    [Fact]
    public void What_is_small_is_kept_whole_in_16_bits()
    {
        var plan = PicturePlan.Fitting(new PictureShape(2, 4, 10, 30, 60), 8e6);
        Assert.Equal((16, 16, 1, 1, 1, 1),
            (plan.MemberBits, plan.StatisticsBits, plan.StatisticsStep, plan.MemberFactor, plan.LeadTimeStep, plan.MemberStep));
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(5, 50, 60, 721, 1440)]
    [InlineData(3, 1, 400, 721, 1440)]
    [InlineData(2, 1000, 1000, 1, 40)]
    [InlineData(40, 100, 1000, 1801, 3600)]
    public void Each_plan_is_smaller_than_the_one_before_until_one_fits(int variables, int members, int leadTimes, int rows, int columns)
    {
        var shape = new PictureShape(variables, members, leadTimes, rows, columns);
        var plan = new PicturePlan(shape);
        for (var next = plan.Coarser(); next is not null; (plan, next) = (next, next.Coarser()))
            Assert.True(next.Estimate <= plan.Estimate, $"{next} takes more than {plan}");
        Assert.True(PicturePlan.Fitting(shape, 8e6).Estimate <= 8e6, $"{PicturePlan.Fitting(shape, 8e6)} is too large");
    }

    [Fact]
    public void The_first_and_the_last_lead_time_stay()
    {
        var plan = PicturePlan.Fitting(new PictureShape(40, 100, 1000, 1801, 3600), 8e6);
        Assert.True(plan.LeadTimeStep > 1);
        Assert.Equal((0, 999), (plan.LeadTimes()[0], plan.LeadTimes()[^1]));
        Assert.Equal(0, plan.Members()[0]);
    }

    [Fact]
    public void Points_of_members_are_points_of_mean_and_spread()
    {
        var plan = PicturePlan.Fitting(new PictureShape(5, 50, 60, 721, 1440), 8e6);
        Assert.True(plan.StatisticsStep > 1);
        Assert.Equal(0, plan.MemberMapStep % plan.StatisticsStep);
    }
}
