using System.Diagnostics;

namespace Cairn.Cli.Tests.Manual;

/// <summary>The manual page, and what shells complete.</summary>
public sealed class ManualTests
{
    [Fact]
    public void The_page_has_every_command_and_option_of_the_help()
    {
        var page = Printed("man");
        Assert.All(
            (string[])
            [
                ".TH CAIRN 1", ".SS cairn run SPEC [options]", ".SS cairn checkpoints verify", ".B \\-\\-strict\\-ranks", ".SH EXIT STATUS",
            ],
            part => Assert.Contains(part, page, StringComparison.Ordinal));
        Assert.All(page, c => Assert.InRange(c, '\n', '~'));
        Assert.DoesNotContain("cairn rank ", page, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Groff_has_nothing_to_say_about_the_page()
    {
        Skip.IfNot(File.Exists("/usr/bin/groff"), "groff is not there");
        var (text, complaints) = Shell("groff -man -ww -Tutf8 -P-cbou", Printed("man"));
        Assert.Equal("", complaints);
        Assert.Contains("CAIRN(1)", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ru", "run")]
    [InlineData("run --fr", "--fresh")]
    [InlineData("run x.conf --set ensemble.si", "ensemble.size=")]
    [InlineData("checkpoints verify --st", "--strict-ranks")]
    [InlineData("completion f", "fish")]
    public void What_may_come_next_is_suggested(string typed, string expected) =>
        Assert.Equal(expected, Printed($"[suggest:{typed.Length}]", typed).Trim());

    [Fact]
    public void Bash_completes_what_is_suggested()
    {
        // The suggestions come from a stand-in, which shows what it is asked.
        var script = Printed("completion", "bash") + """
            cairn() { printf '%s\n' "--fresh" "--from" "--plain"; printf '%s' "$CAIRN_NO_BUILD|$1|$2" >&3; }
            COMP_WORDS=(cairn run x.conf --fr) COMP_CWORD=3 COMP_LINE='cairn run x.conf --fr' COMP_POINT=21
            exec 3>&1
            _cairn
            echo " -> ${COMPREPLY[*]}"
            """;
        var (text, complaints) = Shell("bash -s", script);
        Assert.Equal(("1|[suggest:15]|run x.conf --fr -> --fresh --from\n", ""), (text, complaints));
    }

    private static string Printed(params string[] arguments)
    {
        var call = Invocation.Run(arguments);
        Assert.Equal((0, ""), (call.Exit, call.Error));
        return call.Output;
    }

    private static (string Text, string Complaints) Shell(string command, string input)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", command])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var complaints = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return (process.StandardOutput.ReadToEnd(), complaints.Result);
    }
}
