using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Cairn.Engine.Ranks;

namespace Cairn.Engine.Tests.Ranks;

/// <summary>Starts this assembly under one of the machine's MPIs.</summary>
internal sealed class Mpirun
{
    public const string Site = "site", Mpich = "mpich";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private readonly string _launcher;
    private readonly string[] _arguments;
    private readonly string _shim;

    private Mpirun(string launcher, string[] arguments, string shim) => (_launcher, _arguments, _shim) = (launcher, arguments, shim);

    /// <summary>
    /// The MPI that the shim beside this assembly was built with, or MPICH with a shim that is built here; skips where it is missing.
    /// </summary>
    public static Mpirun Find(string which, string directory)
    {
        if (which == Mpich)
        {
            Skip.IfNot(File.Exists("/usr/bin/mpicc.mpich") && File.Exists("/usr/bin/mpirun.mpich"), "MPICH is missing: apt-get install "
                + "mpich libmpich-dev");
            var shim = Path.Combine(directory, "libcairn_mpi.so");
            var (code, text) = Run("/usr/bin/mpicc.mpich", ["-shared", "-fPIC", "-O2", "-o", shim, Source]);
            Assert.True(code == 0, text);
            return new Mpirun("/usr/bin/mpirun.mpich", [], shim);
        }

        Skip.IfNot(MpiLibrary.Unusable is null, MpiLibrary.Unusable);
        var isOpen = MpiLibrary.Version.StartsWith("Open MPI", StringComparison.Ordinal);
        var own = isOpen ? "/usr/bin/mpirun.openmpi" : "/usr/bin/mpirun.mpich";
        return new Mpirun(
            File.Exists(own) ? own : "mpirun", isOpen ? ["--allow-run-as-root", "--oversubscribe"] : [], MpiProbe.BesideAssembly);
    }

    /// <summary>Runs the probe on so many ranks, to the end.</summary>
    public (int ExitCode, string Text) Probe(int ranks, string what, string directory) => Run(
        _launcher,
        [
            .. _arguments, "-n", ranks.ToString(CultureInfo.InvariantCulture), "dotnet", typeof(Mpirun).Assembly.Location, what, _shim,
            directory,
        ]);

    private static string Source => Path.Combine(
        typeof(Mpirun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!,
        "native", "mpi", "mpi.c");

    private static (int ExitCode, string Text) Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} hangs: {output.Result}{error.Result}");
        }

        return (process.ExitCode, output.Result + error.Result);
    }
}
