namespace Cairn.Actors.Remote;

/// <summary>
/// What MPI's launchers are told beside their command line, so that one command does on a laptop, in a container and in a job. Whatever
/// the environment says already stays.
/// </summary>
internal static class MpiEnvironment
{
    /// <summary>The variables to add.</summary>
    /// <param name="environment">Reads a variable of this process.</param>
    /// <param name="isRoot">Whether this process is root's.</param>
    public static IReadOnlyDictionary<string, string> Of(Func<string, string?> environment, bool isRoot)
    {
        Dictionary<string, string> wanted = new(StringComparer.Ordinal)
        {
            // node.slots counts ranks, and may be more than there are cores; gangs side by side must not be pinned to the same ones.
            ["OMPI_MCA_rmaps_base_oversubscribe"] = "1",
            ["OMPI_MCA_hwloc_base_binding_policy"] = "none",
            ["PRTE_MCA_rmaps_default_mapping_policy"] = ":oversubscribe",
            ["PRTE_MCA_hwloc_default_binding_policy"] = "none",
        };
        if (isRoot)
        {
            foreach (var who in new[] { "OMPI", "PRTE" })
            {
                wanted[$"{who}_ALLOW_RUN_AS_ROOT"] = "1";
                wanted[$"{who}_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
            }
        }

        return wanted.Where(v => environment(v.Key) is null).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
    }
}
