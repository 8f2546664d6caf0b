using System.Text;
using Cairn.Actors.Members;
using Cairn.Actors.Remote;
using Cairn.Engine.Rollouts;
using Xunit.Abstractions;

namespace Cairn.Actors.Tests.Remote;

public sealed class WireFormatTests(ITestOutputHelper log)
{
    [Fact]
    public void Messages_of_every_kind_come_out_as_they_went_in()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var values = new WireValues(new Random(seed));
        for (var round = 0; round < 300; round++)
        {
            foreach (var kind in WireValues.Kinds(typeof(WireMessage)))
            {
                AssertRoundTrip(values.Message(kind));
            }

            foreach (var kind in WireValues.Kinds(typeof(RankReport)))
            {
                AssertRoundTrip(new WireMessage.Report(1, values.Report(kind)));
            }

            foreach (var kind in WireValues.Kinds(typeof(RankOrder)))
            {
                AssertRoundTrip(new WireMessage.Order(1, 0, values.Order(kind)));
            }
        }
    }

    [Fact]
    public void What_a_gang_is_started_with_comes_out_as_it_went_in()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var values = new WireValues(new Random(seed));
        for (var round = 0; round < 2000; round++)
        {
            var start = values.Start();
            AssertSame(start, ((WireMessage.Start)Through(new WireMessage.Start(1, start))).With);
        }
    }

    [Fact]
    public void A_plan_for_ten_thousand_members_fits()
    {
        var members = new MemberRange(0, 9_999);
        var sources = members.Members.ToDictionary(m => m, m => new RestoreCandidate(members, "commit_00000004_9a9e148e880d", 4, m));
        var start = new GangStart(members, 2, new RestorePlan(4, sources), null, BatchMembers.All);
        AssertSame(start, ((WireMessage.Start)Through(new WireMessage.Start(1, start))).With);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"is\":\"Bye\"")]
    [InlineData("{\"is\":\"Format\"}")]
    [InlineData("{\"is\":\"Stop\",\"Gang\":\"one\"}")]
    [InlineData("{\"is\":\"Order\",\"Gang\":1,\"Rank\":0,\"Told\":{\"is\":\"Explode\"}}")]
    public void What_is_no_message_is_refused(string json) =>
        Assert.Throws<DataException>(() => WireFormat.Decode(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(WireFormat.MaxFirstBytes + 1)]
    public void A_length_out_of_bounds_is_refused_before_anything_is_read(int length)
    {
        byte[] head = [(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length];
        var error = Assert.Throws<DataException>(() => WireFormat.Length(head, WireFormat.MaxFirstBytes));
        Assert.Contains("announced", error.Message, StringComparison.Ordinal);
    }

    private static WireMessage Through(WireMessage message)
    {
        var frame = WireFormat.Encode(message);
        Assert.Equal(frame.Length - 4, WireFormat.Length(frame.AsSpan(0, 4), WireFormat.MaxBytes));
        return WireFormat.Decode(frame.AsSpan(4));
    }

    private static void AssertRoundTrip(WireMessage message)
    {
        var back = Through(message);
        switch (message)
        {
            case WireMessage.Start start:
                AssertSame(start.With, Assert.IsType<WireMessage.Start>(back).With);
                break;
            case WireMessage.Setup setup:
                var set = Assert.IsType<WireMessage.Setup>(back);
                Assert.Equal(setup.Fingerprint, set.Fingerprint);
                Assert.Equal(setup, set with { Fingerprint = setup.Fingerprint });
                break;
            default:
                Assert.Equal(message, back);
                break;
        }
    }

    /// <summary>Dictionaries are equal by what they hold, which the records do not know.</summary>
    private static void AssertSame(GangStart expected, GangStart actual)
    {
        Assert.Equal(expected.Members.Dropped, actual.Members.Dropped);
        Assert.Equal(expected.Members.Draws, actual.Members.Draws);
        Assert.Equal(expected.Plan?.Sources, actual.Plan?.Sources);
        Assert.Equal(expected.Plan?.Boundary, actual.Plan?.Boundary);
        Assert.Equal(expected, actual with { Members = expected.Members, Plan = expected.Plan });
    }
}
