namespace Cairn.Engine.Pictures;

/// <summary>The default path of a picture.</summary>
public static class PicturePaths
{
    /// <summary>
    /// Beside the store: <c>forecast.html</c> for <c>fields.zarr</c>, <c>NAME.forecast.html</c> for any other <c>NAME.zarr</c>, so that
    /// the pictures of two stores in one folder do not replace each other.
    /// </summary>
    public static string Beside(string store)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(store));
        var stem = Path.GetFileNameWithoutExtension(full);
        return Path.Combine(Path.GetDirectoryName(full) ?? "/", stem is "fields" or "" ? "forecast.html" : $"{stem}.forecast.html");
    }
}
