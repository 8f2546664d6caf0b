namespace Cairn.Engine.Rollouts;

/// <summary>Whose the outputs are that a run names. Two things decide: the store's mark (<see cref="RunRecord.Id"/>), and the place where
/// the run was when its record was written. What another folder's run names as its own stays that one's, however alike the two
/// are.</summary>
public static class RunOutputs
{
    /// <summary>The field store of a run, which is the run's own as far as can be known; null where it writes none.</summary>
    /// <param name="record">The run.</param>
    /// <param name="folder">The folder that its record was read from.</param>
    /// <param name="files">The file system.</param>
    /// <exception cref="SpecException">The run is a copy, and the store is that of the run it was copied from.</exception>
    /// <exception cref="DataException">The store belongs to another run.</exception>
    public static string? Store(RunRecord record, string folder, IDurableFiles files)
    {
        if (record.Spec.Output.Path is not { } store)
            return null;
        RequireOwn(record, folder, [new SpecEntry("output.path", store)]);
        return FieldStoreKinds.RunOf(files, store) is { } mark && mark != record.Id
            ? throw new DataException($"{store}, which the run in {folder} names as its field store, belongs to another run: it has run = "
                + $"{mark}, expected {record.Id}. Move the run's own store there, or name a store instead of the run.")
            : store;
    }

    /// <summary>The picture of a run, which may be drawn over; null where none is drawn.</summary>
    /// <inheritdoc cref="Store"/>
    public static string? Picture(RunRecord record, string folder)
    {
        if (record.Spec.Output.Picture is { } picture)
            RequireOwn(record, folder, [new SpecEntry("output.picture", picture)]);
        return record.Spec.Output.Picture;
    }

    /// <summary>Refuses to take files for a run's own that the run names which it is a copy of.</summary>
    /// <param name="record">The run.</param>
    /// <param name="folder">The folder that its record was read from.</param>
    /// <param name="outputs">The files, by the settings that name them.</param>
    /// <exception cref="SpecException">One of them is that run's.</exception>
    public static void RequireOwn(RunRecord record, string folder, IEnumerable<SpecEntry> outputs)
    {
        if (Elsewhere(record, folder) is not { } other)
            return;
        var theirs = Of(other.Spec).ToList();
        foreach (var (key, path) in outputs)
        {
            if (theirs.Exists(t => t.Value == path || RealPath.IsSame(t.Value, path)))
                throw new SpecException($"{Path.GetFullPath(folder)} is a copy of the run in {record.Folder}, or was moved away from "
                    + $"there, and {key} = {path} belongs to that run. Give this one its own outputs (cairn run … --out DIR; copy the "
                    + "fields there if it should continue from them), or name a field store instead of the run.");
        }
    }

    /// <summary>Everything that a run writes but for its own folder, by the settings that name it.</summary>
    internal static IEnumerable<SpecEntry> Of(RunSpec spec)
    {
        if (spec.Output.Path is { } store)
            yield return new SpecEntry("output.path", store);
        foreach (var derived in spec.Output.DerivedFiles())
            yield return derived;
        if (spec.Output.Picture is { } picture)
            yield return new SpecEntry("output.picture", picture);
        if (spec.Checkpoint.Chm is { } chm)
            yield return new SpecEntry("checkpoint.chm-output", chm.Output);
    }

    /// <summary>The run in the folder where this one's record was written, if this is another folder and one is there.</summary>
    private static RunRecord? Elsewhere(RunRecord record, string folder)
    {
        if (record.Folder is not { } written || RealPath.IsSame(written, folder))
            return null;
        var path = Path.Combine(written, RunRecord.FileName);
        try
        {
            return PathFound.IsFile(path) ? RunRecord.Read(path) : null;
        }
        catch (CairnException)
        {
            // What cannot be read names nothing, and a copy may be all that is left.
            return null;
        }
    }
}
