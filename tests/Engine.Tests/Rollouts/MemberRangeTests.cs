namespace Cairn.Engine.Tests.Rollouts;

public sealed class MemberRangeTests
{
    [Theory]
    [InlineData(0, 0, "members_000000_000000", "member 0")]
    [InlineData(4, 15, "members_000004_000015", "members 4-15")]
    [InlineData(999_999, 1_000_000, "members_999999_1000000", "members 999999-1000000")]
    public void A_folder_name_and_its_members_are_found_from_each_other(int first, int last, string folder, string text)
    {
        var range = new MemberRange(first, last);

        Assert.Equal(folder, range.FolderName);
        Assert.Equal(range, MemberRange.Parse(folder));
        Assert.Equal(text, range.ToString());
        Assert.Equal(Enumerable.Range(first, range.Count), range.Members);
    }

    [Theory]
    [InlineData("members_000004_000003")]
    [InlineData("members_4_5")]
    [InlineData("members_000000_000003.aside-1")]
    [InlineData("xmembers_000000_000003")]
    [InlineData("members_-00001_000003")]
    [InlineData("members_000000_000003\n")]
    [InlineData("members_0000000_0000003")]
    [InlineData("members_0000000000_0000000003")]
    [InlineData("commits")]
    [InlineData("")]
    public void Any_other_name_is_no_batch(string name) => Assert.Null(MemberRange.Parse(name));
}
