namespace Cairn.Storage.Durable;

/// <summary>How many files this process may have open (<c>RLIMIT_NOFILE</c>). One that runs out of them fails wherever it happens to be: in
/// a commit, in the start of a thread, in the loading of a library. So it is asked about before anything begins.</summary>
public static class OpenFiles
{
    /// <summary>What any command needs: the runtime and Cairn's own libraries are some 150.</summary>
    public const int Least = 192;

    // A rank keeps its store, its commit and its thread's pipes open at once, now and then.
    private const int PerRank = 4;

    private const string Limits = "/proc/self/limits", Line = "Max open files";

    /// <summary>How many may be open at a time; null if unknown.</summary>
    /// <remarks>The runtime has raised the soft limit to the hard one by now.</remarks>
    public static long? Limit
    {
        get
        {
            if (!File.Exists(Limits))
                return null;

            var line = File.ReadAllText(Limits).Split('\n').FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal));
            var soft = line?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
        }
    }

    /// <summary>Refuses to begin what would run out of files.</summary>
    /// <param name="ranks">How many ranks are stepped side by side.</param>
    /// <exception cref="SpecException">There may be fewer.</exception>
    public static void Require(int ranks)
    {
        if (Defect(Limit, ranks) is { } defect)
            throw new SpecException(defect);
    }

    /// <summary>What is wrong with a limit, and what to do; null where it suffices.</summary>
    /// <param name="limit">The limit; null where it is not known.</param>
    /// <param name="ranks">How many ranks are stepped side by side; 0 for a command that steps none.</param>
    public static string? Defect(long? limit, int ranks)
    {
        var needed = Least + (PerRank * (long)ranks);
        if (limit is null || limit >= needed)
            return null;

        var (what, fewer) = ranks == 0 ? ("Cairn", "") : ($"a run with {ranks} slots", ", or take fewer (node.slots)");
        return $"This process may have {limit} files open; {what} has up to {needed}. Raise the limit (ulimit -n {Math.Max(1024, needed)} "
            + $"in the shell that starts it, LimitNOFILE= of a systemd unit){fewer}.";
    }
}
