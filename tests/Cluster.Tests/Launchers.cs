using System.Globalization;

namespace Cairn.Cluster.Tests;

/// <summary>Settings of runs whose ranks are other processes.</summary>
internal static class Launchers
{
    /// <summary>The launcher's word for a child process of the run.</summary>
    public const string Process = "process";

    /// <summary>The launcher's word for processes under <c>mpiexec</c>.</summary>
    public const string Mpi = "mpi";

    /// <summary>The arguments of a run with such ranks; skips where there is no MPI.</summary>
    public static string[] Run(string spec, string launcher, int ranks, params string[] more)
    {
        Skip.If(launcher == Mpi && !File.Exists("/usr/bin/mpiexec.mpich"), "MPICH is missing: apt-get install mpich");
        return
        [
            "run", spec, "--set", $"ranks.launcher={launcher}",
            "--set", string.Create(CultureInfo.InvariantCulture, $"ranks.count={ranks}"),
            .. more.SelectMany(setting => new[] { "--set", setting }),
        ];
    }
}
