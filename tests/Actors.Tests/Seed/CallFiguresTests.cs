using Cairn.Actors.Seed;

namespace Cairn.Actors.Tests.Seed;

public sealed class CallFiguresTests
{
    [Fact]
    public void Calls_fall_into_the_first_bucket_that_holds_them()
    {
        var figures = CallFigures.None
            .With(TimeSpan.Zero, false).With(TimeSpan.FromMilliseconds(1), false).With(TimeSpan.FromMilliseconds(1.1), true)
            .With(TimeSpan.FromSeconds(10), false).With(TimeSpan.FromSeconds(11), false);

        Assert.Equal((5, 1), (figures.Count, figures.Failed));
        Assert.Equal((2, 1, 1, 1), (figures.Buckets[0], figures.Buckets[1], figures.Buckets[^2], figures.Buckets[^1]));
        Assert.Equal(21.0021, figures.Total.TotalSeconds, 6);
    }
}
