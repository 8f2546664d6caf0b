using System.Globalization;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.Status;
using Cairn.Engine.Stores;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Words;

namespace Cairn.Cli.Diff;

/// <summary>One of the two things to compare.</summary>
internal abstract record DiffTarget(string Kind)
{
    internal sealed record Session(CheckpointRow Row) : DiffTarget("a session");

    internal sealed record Catalogs(IReadOnlyList<string> Folders) : DiffTarget("a catalog");

    internal sealed record Run(string Path) : DiffTarget("a run's folder");

    internal sealed record Store(string Path) : DiffTarget("a field store");

    /// <summary>Finds out what is at a path, or at <c>PATH@ROW</c>.</summary>
    /// <exception cref="SpecException">Nothing that can be compared is there.</exception>
    public static DiffTarget Of(string text)
    {
        if (!PathFound.IsFolder(text) && RowOf(text) is var (path, row))
            return SessionAt(path, row);

        if (FieldStoreKinds.IsStore(text))
            return new Store(text);

        if (PathFound.IsFile(Path.Combine(text, "manifest.json")))
            return SessionIn(text);

        return RunFolders.IsRun(RunFolders.Find(text)) ? new Run(text) : new Catalogs(CatalogPaths.Find(text));
    }

    private static (string Path, int Row)? RowOf(string text)
    {
        var mark = text.LastIndexOf('@');
        return mark > 0 && int.TryParse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var row)
            ? (text[..mark], row)
            : null;
    }

    private static Session SessionAt(string path, int index)
    {
        var folders = CatalogPaths.Find(path);
        if (folders.Count > 1)
            throw new SpecException($"{path} holds {folders.Count} catalogs. Name one of them: {folders[0]}@{index}");

        var rows = Checkpoint.ReadRows(folders[0]);
        var at = index < 0 ? rows.Count + index : index;
        return at >= 0 && at < rows.Count
            ? new Session(rows[at])
            : throw new SpecException($"{path} has {Count.Of(rows.Count, "session")}; there is no session {index}. "
                + $"List them: {ProgramName.Value} checkpoints ls {path}");
    }

    private static Session SessionIn(string directory)
    {
        var full = Path.GetFullPath(directory).TrimEnd('/');
        var catalog = Path.GetDirectoryName(Path.GetDirectoryName(full)) ?? full;
        return new Session(Checkpoint.ReadRows(catalog).FirstOrDefault(row => row.Directory == full)
            ?? throw new SpecException($"{directory} is not a valid session of the catalog {catalog}."));
    }
}
