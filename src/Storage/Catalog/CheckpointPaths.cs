namespace Cairn.Storage.Catalog;

/// <summary>The place of a catalog that has a name but no path.</summary>
public static class CheckpointPaths
{
    /// <summary>The candidates, in order: <c>$CAIRN_CACHE/checkpoints/NAME</c>, <c>~/.cache/cairn/checkpoints/NAME</c>, then Earth2Studio's
    /// <c>$EARTH2STUDIO_CACHE/checkpoints/NAME</c> and <c>~/.cache/earth2studio/checkpoints/NAME</c>. Where Earth2Studio's variable is the
    /// only one that is set, its place is the first.</summary>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="environment">Looks up an environment variable.</param>
    /// <exception cref="SpecException">No variable is set, and the user has no home.</exception>
    public static IReadOnlyList<string> Candidates(string name, Func<string, string?> environment)
    {
        var (cairn, original) = (environment("CAIRN_CACHE"), environment("EARTH2STUDIO_CACHE"));
        // As Python has it: the variable, and else what the system knows of the user.
        var home = environment("HOME") is { Length: > 0 } told ? told : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string? Cache(string whose) => home.Length > 0 ? Path.Combine(home, ".cache", whose) : null;
        string?[] roots = string.IsNullOrEmpty(cairn)
            ? [original, Cache("cairn"), Cache("earth2studio")]
            : [cairn, Cache("cairn"), original, Cache("earth2studio")];
        List<string> places =
            [.. roots.Where(root => !string.IsNullOrEmpty(root)).Select(root => Path.Combine(root!, "checkpoints", name))];
        return places.Count > 0 ? places : throw new SpecException(
            $"There is no place for the checkpoint {name}: HOME, CAIRN_CACHE and EARTH2STUDIO_CACHE are not set. Set one, or give a path.");
    }

    /// <summary>The first candidate that exists, or else the first.</summary>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="environment">Looks up an environment variable.</param>
    /// <param name="files">The file system.</param>
    /// <param name="warn">Told when more than one exists.</param>
    /// <exception cref="SpecException">The name is empty or would lead elsewhere.</exception>
    public static string Resolve(
        string name, Func<string, string?> environment, IDurableFiles files, Action<CheckpointWarning>? warn = null)
    {
        if (string.IsNullOrEmpty(name) || Path.IsPathRooted(name) || name.Split('/').Any(part => part is "" or "." or ".."))
            throw new SpecException(
                $"The checkpoint name '{name}' cannot be a folder's name: give a plain name, or a path in the options.");

        var candidates = Candidates(name, environment);
        List<string> there = [.. candidates.Where(files.DirectoryExists).Distinct()];
        if (there.Count > 1)
            warn?.Invoke(new CheckpointWarning(
                there[0], $"The checkpoint {name} exists in {string.Join(" and in ", there)}.", $"The one in {there[0]} is taken."));

        return there.FirstOrDefault() ?? candidates[0];
    }
}
