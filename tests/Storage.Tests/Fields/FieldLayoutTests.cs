using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.Fields;

public sealed class FieldLayoutTests
{
    private static readonly FieldLayout Good = new()
    {
        Members = 2,
        Time = CfTime.Parse("1990-01-16", CfCalendar.Standard, out _),
        LeadTimes = [TimeSpan.Zero, TimeSpan.FromHours(6)],
        Latitude = [0, 10],
        Longitude = [0, 10, 20],
        Variables = [new FieldVariable("u")],
    };

    [Fact]
    public void Impossible_layouts_are_refused()
    {
        Good.Validate();
        FieldLayout[] bad =
        [
            Good with { Members = 0 },
            Good with { LeadTimes = [] },
            Good with { LeadTimes = [TimeSpan.FromHours(1), TimeSpan.FromHours(1)] },
            Good with { LeadTimes = [TimeSpan.FromMilliseconds(1)] },
            Good with { CompressionLevel = 10 },
            Good with { LeadTimesPerChunk = int.MaxValue },
            Good with { Variables = [new FieldVariable("../u")] },
            Good with { Variables = [new FieldVariable("time")] },
            Good with { Variables = [new FieldVariable("u"), new FieldVariable("u")] },
        ];
        Assert.All(bad, layout => Assert.Throws<SpecException>(layout.Validate));
    }
}
