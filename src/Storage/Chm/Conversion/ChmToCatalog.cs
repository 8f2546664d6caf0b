using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.State;

namespace Cairn.Storage.Chm.Conversion;

/// <summary>Writes CHM checkpoints as the sessions of a catalog, which Cairn and Earth2Studio open.</summary>
public static class ChmToCatalog
{
    /// <summary>The metadata that tells when the next step starts.</summary>
    public const string RestartTime = "restart_time";

    /// <summary>
    /// Makes a catalog of one session for each checkpoint: its state is <see cref="ChmCatalogState"/>, its lead time counts from the first.
    /// </summary>
    /// <param name="checkpoints">The checkpoints, oldest first.</param>
    /// <param name="destination">The new catalog: not there yet, or empty.</param>
    /// <param name="forOriginal">Whether everything of Cairn's own stays out, so that it is a catalog as Earth2Studio writes it.</param>
    /// <param name="files">The file system.</param>
    /// <exception cref="DataException">A checkpoint does not hold; nothing was written.</exception>
    /// <exception cref="SpecException">There is something at the destination.</exception>
    public static Converted Write(
        IReadOnlyList<ChmCheckpoint> checkpoints, string destination, bool forOriginal, IDurableFiles files)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        ArgumentNullException.ThrowIfNull(files);
        return Destination.Make(files, destination, staging =>
        {
            var catalog = forOriginal ? staging + "_whole" : staging;
            try
            {
                var written = Sessions(checkpoints, catalog, files);
                if (forOriginal)
                {
                    _ = Checkpoint.Export(catalog, staging, row: null, files);
                }

                return new Converted(written, LeftOut(checkpoints));
            }
            finally
            {
                _ = forOriginal && DurableTree.DeleteTree(files, catalog);
            }
        });
    }

    private static List<string> Sessions(IReadOnlyList<ChmCheckpoint> checkpoints, string path, IDurableFiles files)
    {
        var options = new CheckpointOptions { Path = path, Mode = CheckpointMode.Append, Rank = 0, WorldSize = 1, Files = files };
        using var session = new Checkpoint("chm", options).Open();
        var state = session.Bind(new ChmCatalogState()).Value;
        var written = new List<string>();
        foreach (var checkpoint in checkpoints)
        {
            var whole = ChmJoin.Whole(checkpoint);
            state.GlobalId = NdArray.From([.. whole.Triangles.GlobalIds], whole.Triangles.Count);
            state.Variables = whole.Variables.ToDictionary(
                v => v.Name, v => NdArray.From(v.Values, v.Values.Length), StringComparer.Ordinal);
            var time = checkpoint.Time.ToDateTime();
            written.Add(session.Write(new Dictionary<string, object?>
            {
                [RestartTime] = new NumpyDateTime64(time.ToString("s", System.Globalization.CultureInfo.InvariantCulture), "s"),
                ["lead_time"] = NumpyTimeDelta64.From(time - checkpoints[0].Time.ToDateTime()),
            })!.CommitId);
        }

        return written;
    }

    private static List<string> LeftOut(IReadOnlyList<ChmCheckpoint> checkpoints) =>
    [
        .. checkpoints.Where(c => c.Ranks > 1).Select(c =>
            $"{Path.GetFileName(c.Path)}: the cut into {c.Ranks} ranks; the session holds the whole mesh, triangles by global_id."),
    ];
}
