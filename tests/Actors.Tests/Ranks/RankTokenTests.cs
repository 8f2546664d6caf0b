using Cairn.Actors.Ranks;

namespace Cairn.Actors.Tests.Ranks;

public sealed class RankTokenTests
{
    private readonly RankToken _token = new();

    [Fact]
    public void Who_shows_the_token_is_let_in_once() => Assert.Multiple(
        () => Assert.Null(_token.Refusal(Hello(_token.Text))),
        () => Assert.Equal("another process has used that token before", _token.Refusal(Hello(_token.Text))));

    [Fact]
    public void Over_MPI_each_rank_is_let_in_once()
    {
        Assert.All([0, 1, 2], rank => Assert.Null(_token.Refusal(Hello(_token.Text, rank))));
        Assert.All([0, 1, 2], rank => Assert.NotNull(_token.Refusal(Hello(_token.Text, rank))));
    }

    [Fact]
    public void A_process_with_any_other_token_is_refused_and_uses_up_no_rank()
    {
        foreach (var wrong in new[]
        {
            "", "token", _token.Text[..^1], _token.Text + "0", _token.Text.ToUpperInvariant() + "!", new string('0', _token.Text.Length),
            new string('x', 1_000_000), new RankToken().Text,
        })
        {
            Assert.Equal("its token is not the one that it was given", _token.Refusal(Hello(wrong)));
            Assert.False(_token.Is(wrong));
        }

        Assert.Null(_token.Refusal(Hello(_token.Text)));
    }

    [Fact]
    public void A_process_of_another_version_is_refused_naming_both_versions()
    {
        var refusal = _token.Refusal(Hello(_token.Text) with { Protocol = RankHello.Version + 1 });

        Assert.Equal($"it has protocol version {RankHello.Version + 1}, this node has {RankHello.Version}", refusal);
    }

    [Fact]
    public void Each_launch_has_a_token_of_256_bits_of_its_own()
    {
        Assert.NotEqual(_token.Text, new RankToken().Text);
        Assert.Matches("^[0-9a-f]{64}$", _token.Text);
    }

    private static RankHello Hello(string token, int? rank = null) =>
        new(RankHello.Version, token, 42, "here", rank is { } r ? new MpiPosition(r, 3, "MPI") : null);
}
