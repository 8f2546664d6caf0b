namespace Cairn.Engine.Pictures;

/// <summary>The default paths of a picture and of the scores that it shows.</summary>
public static class PicturePaths
{
    /// <summary>Beside the store: <c>forecast.html</c> for <c>fields.zarr</c>, <c>NAME.forecast.html</c> for any other <c>NAME.zarr</c>, so
    /// that the pictures of two stores in one folder do not replace each other.</summary>
    public static string Beside(string store) => Beside(store, "forecast.html");

    /// <summary>The scores of a run (<c>verification.nc</c>), beside its store in the same way.</summary>
    public static string Scores(string store) => Beside(store, "verification.nc");

    private static string Beside(string store, string name)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(store));
        var stem = Path.GetFileNameWithoutExtension(full);
        return Path.Combine(Path.GetDirectoryName(full) ?? "/", stem is "fields" or "" ? name : $"{stem}.{name}");
    }
}
