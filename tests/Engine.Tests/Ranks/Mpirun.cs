namespace Cairn.Engine.Tests.Ranks;

/// <summary>Starts this assembly under the machine's MPI.</summary>
internal static class Mpirun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Runs the probe on so many ranks, to the end; skips where there is no MPI.</summary>
    public static (int ExitCode, string Text) Probe(int ranks, string what, string directory, string? library = null)
    {
        Skip.IfNot(MpiLibrary.Unusable is null, MpiLibrary.Unusable);
        string[] words = ["-n", ranks.ToString(CultureInfo.InvariantCulture), "dotnet", typeof(Mpirun).Assembly.Location, what, directory];
        var start = new ProcessStartInfo(Mpiexec.Find(), words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (library is not null)
            start.Environment[MpiLibrary.Variable] = library;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{start.FileName} hangs: {output.Result}{error.Result}");
        }
        return (process.ExitCode, output.Result + error.Result);
    }
}
