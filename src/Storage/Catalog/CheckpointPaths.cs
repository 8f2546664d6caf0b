using Cairn.Storage.Durable;

namespace Cairn.Storage.Catalog;

/// <summary>Where a catalog lies that was named but not placed.</summary>
public static class CheckpointPaths
{
    /// <summary>
    /// The candidates, in order: <c>$CAIRN_CACHE/checkpoints/NAME</c>, <c>~/.cache/cairn/checkpoints/NAME</c>, then Earth2Studio's
    /// <c>$EARTH2STUDIO_CACHE/checkpoints/NAME</c> and <c>~/.cache/earth2studio/checkpoints/NAME</c>.
    /// </summary>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="environment">Looks up an environment variable.</param>
    public static IReadOnlyList<string> Candidates(string name, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var cache = Path.Combine(environment("HOME") ?? "/", ".cache");
        string?[] roots =
        [
            environment("CAIRN_CACHE"), Path.Combine(cache, "cairn"),
            environment("EARTH2STUDIO_CACHE"), Path.Combine(cache, "earth2studio"),
        ];
        return [.. roots.Where(root => !string.IsNullOrEmpty(root)).Select(root => Path.Combine(root!, "checkpoints", name))];
    }

    /// <summary>The first candidate that exists, or else the first.</summary>
    /// <exception cref="SpecException">The name is empty or would lead elsewhere.</exception>
    public static string Resolve(string name, Func<string, string?> environment, IDurableFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (string.IsNullOrEmpty(name) || Path.IsPathRooted(name) || name.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw new SpecException(
                $"The checkpoint name '{name}' cannot be a folder's name: give a plain name, or a path in the options.");
        }

        var candidates = Candidates(name, environment);
        return candidates.FirstOrDefault(files.DirectoryExists) ?? candidates[0];
    }
}
