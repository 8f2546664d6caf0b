namespace Cairn.Engine.Pictures;

/// <summary>A picture that was drawn.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
public sealed record DrawnPicture(string Path, long Bytes);

/// <summary>Draws the committed fields of a store into one HTML file that needs nothing else: maps of ensemble mean, spread and members
/// over lead time, and all members at a point. It carries no time of its own, so that equal stores give equal files.</summary>
public static class ForecastPicture
{
    /// <summary>What a picture's file may take, unless there is more to it than can be thinned.</summary>
    public const int UsualBytes = 8 << 20;

    /// <summary>Draws; the file appears whole or not at all, and replaces only an older picture.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="store">The field store's directory.</param>
    /// <param name="target">The file to write.</param>
    /// <param name="caption">What to say of the run, or null to name the store only.</param>
    /// <param name="mostBytes">The size above which fields are thinned.</param>
    /// <exception cref="DataException">The store is damaged, or holds nothing committed yet.</exception>
    /// <exception cref="SpecException">The target is a file that is no picture.</exception>
    /// <exception cref="DurableIOException">The disk refused.</exception>
    public static DrawnPicture Draw(
        IDurableFiles files, string store, string target, PictureCaption? caption, int mostBytes = UsualBytes)
    {
        var full = Path.GetFullPath(target);
        RequireReplaceable(files, full);
        var page = CommittedPicture.Open(files, store).Draw(caption, mostBytes);
        var created = DurableTree.CreateDirectories(files, Path.GetDirectoryName(full)!);
        AtomicFile.Replace(files, full, page);
        files.SyncDirectory(Path.GetDirectoryName(full)!);
        DurableTree.SyncCreated(files, created);
        return new DrawnPicture(full, page.Length);
    }

    private static void RequireReplaceable(IDurableFiles files, string path)
    {
        if (!files.FileExists(path))
            return;
        using var stream = files.OpenRead(path);
        var start = new byte[PicturePage.Mark.Length];
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (Encoding.UTF8.GetString(start, 0, read) != PicturePage.Mark)
            throw new SpecException($"{path} exists already and was not drawn by Cairn; it is not changed. Name another file, or move "
                + "that one away.");
    }
}
