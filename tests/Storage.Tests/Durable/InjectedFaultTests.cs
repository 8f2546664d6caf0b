using System.Diagnostics;

namespace Cairn.Storage.Tests.Durable;

/// <summary>Faults that strace injects into the system calls of a real process.</summary>
public sealed class InjectedFaultTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-strace-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>.NET 10's own FileStream.Flush(true) was seen to return normally here.</summary>
    [SkippableTheory]
    [InlineData("file", "fsync:error=EIO", "reported: fsync 5 ")]
    [InlineData("directory", "fsync:error=EIO", "reported: fsync 5 ")]
    [InlineData("file", "fsync:error=ENOSPC", "reported: fsync 28 ")]
    public void An_injected_error_of_fsync_is_reported(string what, string fault, string expected) =>
        Assert.StartsWith(expected, Probe(what, "fsync", fault), StringComparison.Ordinal);

    [SkippableFact]
    public void Without_a_fault_nothing_is_reported() =>
        Assert.StartsWith("reported: nothing", Probe("file", "fsync", null), StringComparison.Ordinal);

    private string Probe(string what, string call, string? fault)
    {
        Skip.IfNot(File.Exists("/usr/bin/strace"), "strace is missing: apt-get install strace");
        // .NET's own write to its standard output must not be hit, so only calls are injected that nothing else in the process makes.
        List<string> arguments = ["-f", "-qq", "-o", Path.Combine(_root, "trace"), "-e", $"trace={call}"];
        arguments.AddRange(fault is null ? [] : ["-e", $"inject={fault}"]);
        arguments.AddRange(["dotnet", typeof(FsyncProbe).Assembly.Location, what, _root]);
        var start = new ProcessStartInfo("/usr/bin/strace", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Skip.If(errors.Result.Contains("Operation not permitted", StringComparison.Ordinal), "this machine does not allow ptrace");
        Assert.True(process.ExitCode == 0, output + errors.Result);
        return output;
    }
}
