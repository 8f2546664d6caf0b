using System.Globalization;

namespace Cairn.Storage.Catalog;

/// <summary>
/// Which rank this process is, for a checkpoint that is not told, by the launcher's variables: the first launcher decides whose pair is
/// there. An MPI that the process has initialised knows better, and is asked before.
/// </summary>
public static class RankDetection
{
    private static readonly (string Rank, string Size)[] Launchers =
    [
        ("RANK", "WORLD_SIZE"), ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        ("PMI_RANK", "PMI_SIZE"), ("SLURM_PROCID", "SLURM_NTASKS"),
    ];

    /// <summary>Rank and number of ranks; 0 of 1 when no launcher tells both.</summary>
    /// <exception cref="SpecException">A variable is no number, or the rank lies outside its world.</exception>
    public static (int Rank, int WorldSize) Detect(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        foreach (var (rankName, sizeName) in Launchers)
        {
            if (environment(rankName) is { Length: > 0 } rank && environment(sizeName) is { Length: > 0 } size)
            {
                var found = (Rank: Number(rankName, rank), WorldSize: Number(sizeName, size));
                return found.Rank < found.WorldSize
                    ? found
                    : throw new SpecException(
                        $"{rankName}={rank} lies outside {sizeName}={size}: expected a rank from 0 to {found.WorldSize - 1}.");
            }
        }

        return (0, 1);
    }

    private static int Number(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new SpecException($"The environment variable {name} is '{text}'; expected a whole number from 0.");
}
