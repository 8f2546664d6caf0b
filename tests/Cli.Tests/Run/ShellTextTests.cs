using System.Diagnostics;
using Cairn.Cli.Run;

namespace Cairn.Cli.Tests.Run;

public sealed class ShellTextTests
{
    [Theory]
    [InlineData("out/run-1/checkpoints")]
    [InlineData("a b")]
    [InlineData("it's")]
    [InlineData("$HOME `id` \"x\" \\ *")]
    [InlineData("")]
    [InlineData("~/x")]
    [InlineData("größe")]
    public void A_shell_takes_it_for_the_one_word_that_it_was(string word)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"printf %s {ShellText.Quote(word)}"]) { RedirectStandardOutput = true };
        using var shell = Process.Start(start)!;

        Assert.Equal(word, shell.StandardOutput.ReadToEnd());
    }

    [Fact]
    public void A_plain_word_stays_as_it_is() => Assert.Equal("output.every=2", ShellText.Quote("output.every=2"));
}
