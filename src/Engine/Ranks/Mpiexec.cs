using Cairn.Engine.Processes;

namespace Cairn.Engine.Ranks;

/// <summary>The <c>mpiexec</c> that starts ranks: one of an MPI that <see cref="MpiLibrary"/> can call. Started by Open MPI's, each rank
/// would take itself for the only one.</summary>
public static class Mpiexec
{
    /// <summary>What stands for it in <c>ranks.command</c>.</summary>
    public const string Placeholder = "{mpiexec}";

    /// <summary>Debian gives MPICH's the second name, beside Open MPI's <c>mpiexec</c>; the third may be anyone's.</summary>
    private static readonly string[] Names = ["mpiexec.hydra", "mpiexec.mpich", "mpiexec"];

    /// <summary>What the <c>mpiexec</c> of Open MPI is a link to, in its versions up to 4 and from 5 on.</summary>
    private static readonly string[] OpenMpiNames = ["orterun", "prterun", "prte", "mpirun"];

    /// <summary>The first in the folders of <c>PATH</c>.</summary>
    /// <exception cref="SpecException">There is none, or only Open MPI's.</exception>
    public static string Find() => Find(ProgramPath.Folders);

    internal static string Find(string path)
    {
        var all = ProgramPath.Files(path, Names).ToList();
        return all.Find(file => !IsOpenMpi(file)) ?? throw new SpecException(
            (all.Count == 0
                ? $"No mpiexec is in PATH ({path})."
                : $"Only Open MPI's mpiexec is in PATH ({all[0]}), but Cairn needs that of an MPI with MPICH's binary interface.")
            + " Install MPICH (Debian: mpich; the two may be installed side by side), load your site's MPI, or set its launcher in "
            + "ranks.command.");
    }

    private static bool IsOpenMpi(string file)
    {
        var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.Name ?? Path.GetFileName(file);
        return OpenMpiNames.Contains(target, StringComparer.Ordinal);
    }
}
