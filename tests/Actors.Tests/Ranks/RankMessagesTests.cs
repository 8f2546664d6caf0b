using Akka.TestKit.Xunit2;
using Cairn.Actors.Cluster;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Ranks;

/// <summary>What a node and its processes of ranks tell each other comes out as it went in, at its limits too.</summary>
public sealed class RankMessagesTests() : TestKit(CairnSerializer.EveryMessage.WithFallback(DefaultConfig), "rank-messages")
{
    [Fact]
    public void A_plan_for_ten_thousand_members_fits_into_a_message()
    {
        var members = new MemberRange(0, 9_999);
        var sources = members.Members.ToDictionary(m => m, m => new RestoreCandidate(members, $"commit_{m:d8}_9a9e148e880d", 4, m));
        var dropped = members.Members.Where(m => m % 2 == 0).ToDictionary(m => m, m => new DroppedMember(TimeSpan.FromHours(m), "a NaN"));
        var draws = members.Members.ToDictionary(m => m, m => 1);
        var sent = new StartGang(new GangStart(members, 2, new RestorePlan(4, sources), null, new BatchMembers(dropped, draws)), TestActor);

        TestActor.Tell(sent);

        var came = ExpectMsg<StartGang>();
        Assert.NotSame(sent, came);
        Assert.Equal(sources, came.Start.Plan!.Sources);
        Assert.Equal(dropped, came.Start.Members.Dropped);
        Assert.Equal(draws, came.Start.Members.Draws);
        Assert.Equal((members, 2, 4, TestActor), (came.Start.Batch, came.Start.Epoch, came.Start.Boundary, came.Coordinator));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.0)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    public void Every_bit_of_a_difference_arrives(double difference)
    {
        TestActor.Tell(new RankReport.Verified(1, 7, IsExact: false, difference));

        var bits = BitConverter.DoubleToInt64Bits(ExpectMsg<RankReport.Verified>().Difference);
        Assert.Equal(BitConverter.DoubleToInt64Bits(difference), bits);
    }

    [Fact]
    public void What_a_machine_says_of_itself_arrives_whatever_its_letters()
    {
        var failure = new GangFailure(FailureKind.Machine, "aZ09 _-\"\\/\n\t\0é漢𝄞{}[]:,'<>&") { LostProcess = "", Rank = 0 };
        var lost = new GangLost(new MemberRange(0, int.MaxValue), int.MaxValue, failure);

        TestActor.Tell(lost);

        Assert.Equal(lost, ExpectMsg<GangLost>());
    }
}
