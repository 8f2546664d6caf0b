using Cairn.Cli.Remote;

namespace Cairn.Cli.Tests.Remote;

/// <summary>Events on terminals of any width.</summary>
public sealed class EventLinesTests
{
    private const string Line =
        "02:03:04  members 0-3: session-reported (session commit_00000012_cff45d6f0fce, boundary 12, lead time 72 h) on node-1";

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    public void A_long_line_is_broken_between_words_and_goes_on_beside_its_time(int width)
    {
        var folded = EventLines.Folded(Line, width).Split('\n');

        Assert.All(folded, line => Assert.InRange(line.Length, 1, width));
        Assert.All(folded[1..], line => Assert.Matches("^ {10}[^ ]", line));
        Assert.Equal(Line, string.Join(' ', folded.Select((line, i) => i == 0 ? line : line.TrimStart())));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(200)]
    public void A_line_that_there_is_room_for_stays_as_it_is(int? width) => Assert.Equal(Line, EventLines.Folded(Line, width));

    [Fact]
    public void A_word_that_is_wider_than_the_terminal_stays_whole() =>
        Assert.Equal("02:03:04  a\n          bbbbbbbbbbbbbbbb\n          c", EventLines.Folded("02:03:04  a bbbbbbbbbbbbbbbb c", 16));
}
