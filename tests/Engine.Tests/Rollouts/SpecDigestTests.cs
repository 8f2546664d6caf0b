namespace Cairn.Engine.Tests.Rollouts;

public sealed class SpecDigestTests
{
    [Fact]
    public void The_digest_is_the_sha256_of_the_lines_and_so_the_same_in_every_version()
    {
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", SpecDigest.OfText("abc"));
        Assert.Equal(SpecDigest.OfText("a=1\nb=2\n"), SpecDigest.Of([new("a", "1"), new("b", "2")]));
    }

    [Fact]
    public void A_changed_key_value_or_order_changes_it()
    {
        var digest = SpecDigest.Of([new("a", "1"), new("b", "2")]);

        Assert.NotEqual(digest, SpecDigest.Of([new("a", "1"), new("b", "3")]));
        Assert.NotEqual(digest, SpecDigest.Of([new("a", "1"), new("c", "2")]));
        Assert.NotEqual(digest, SpecDigest.Of([new("b", "2"), new("a", "1")]));
        Assert.NotEqual(digest, SpecDigest.Of([new("a", "1")]));
    }
}
