using System.Diagnostics;

namespace Cairn.Storage.Tests;

/// <summary>Programs of other projects that read what Cairn writes.</summary>
internal static class Reader
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Runs <c>/usr/bin/</c><paramref name="program"/>, or the one that <c>CAIRN_TEST_PROGRAM</c> (<c>CAIRN_TEST_CDO</c>) names,
    /// and returns its output. Skips the test when it is missing; a program that fails fails the test with what it said.</summary>
    public static (string Output, string Errors) Run(string program, string package, params string[] arguments)
    {
        var path = Environment.GetEnvironmentVariable($"CAIRN_TEST_{program.ToUpperInvariant()}") ?? $"/usr/bin/{program}";
        Skip.IfNot(File.Exists(path), $"{path} is missing: apt-get install {package}");
        using var process = Process.Start(
            new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end within {Patience.TotalSeconds} s");
        }

        Assert.True(process.ExitCode == 0, errors.Result + output.Result);
        return (output.Result, errors.Result);
    }
}
