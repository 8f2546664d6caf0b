namespace Cairn.Engine.Rollouts;

/// <summary>Paths as the records in a run's folder keep them: what lies in the folder above it, or below, is the run's own, and is named
/// relative to the run's folder, so that a run that is copied, moved or mounted elsewhere as a whole names its own things there. Everything
/// else keeps its absolute path.</summary>
internal static class RunPlace
{
    /// <summary>The settings of a spec that name what a run writes, and the checkpoint of CHM's that it begins from, which may be its own.
    /// Inputs are named absolutely: wherever they lie, their digests say whether they are the same.</summary>
    private static readonly IReadOnlyList<string[]> Settings =
        [.. RunSettings.All.Where(setting => setting.IsOfRun).Select(setting => setting.Key.Split('.'))];

    /// <summary>A path as a record keeps it.</summary>
    public static string ToRecord(string path, string folder)
    {
        if (path != folder && !IsBelow(path, Home(folder)))
            return path;
        var relative = Path.GetRelativePath(folder, path);
        return relative.StartsWith('.') ? relative : "./" + relative;
    }

    /// <summary>The absolute path that a record names.</summary>
    public static string FromRecord(string path, string folder) => Path.GetFullPath(path, folder);

    /// <summary>The folder that a record's paths are relative to: where it was found, or, if that is where it was written by another way,
    /// as through a link, there, since what lies beside it is named by that way.</summary>
    public static string Now(string written, string found) => RealPath.IsSame(written, found) ? written : found;

    /// <summary>Where a path lies that an older version recorded as an absolute one, now that the run lies elsewhere.</summary>
    public static string Moved(string path, string from, string to) => FromRecord(ToRecord(path, from), to);

    /// <summary>Changes the paths in a spec that name what the run writes; words in their place, such as <c>auto</c>, stay.</summary>
    public static void Map(JsonObject spec, Func<string, string> change)
    {
        foreach (var keys in Settings)
        {
            var parent = keys[..^1].Aggregate((JsonNode?)spec, (node, key) => (node as JsonObject)?[key]);
            if (parent is JsonObject map && map[keys[^1]] is JsonValue value && value.TryGetValue<string>(out var path)
                && path is ['/' or '.', ..])
            {
                map[keys[^1]] = change(path);
            }
        }
    }

    /// <summary>What is copied and moved as a whole: the folder above the run's, unless that is the root.</summary>
    private static string Home(string folder) =>
        Path.GetDirectoryName(folder.TrimEnd('/')) is { } above && above != "/" ? above : folder;

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
