using Cairn.Storage.Catalog;

namespace Cairn.Storage.Chm.Conversion;

/// <summary>Writes CHM checkpoints as the sessions of a catalog, which Cairn and Earth2Studio open.</summary>
public static class ChmToCatalog
{
    /// <summary>The metadata with the time at which the next step starts.</summary>
    public const string RestartTime = "restart_time";

    /// <summary>Makes a catalog of one session for each checkpoint: its state is <see cref="ChmCatalogState"/>, its lead time counts from
    /// the first.</summary>
    /// <param name="checkpoints">The checkpoints, oldest first.</param>
    /// <param name="destination">The new catalog: not there yet, or empty.</param>
    /// <param name="forOriginal">Whether everything of Cairn's own stays out, so that it is a catalog as Earth2Studio writes it.</param>
    /// <param name="files">The file system.</param>
    /// <exception cref="DataException">A checkpoint does not hold; nothing was written.</exception>
    /// <exception cref="SpecException">There is something at the destination.</exception>
    public static Converted Write(
        IReadOnlyList<ChmCheckpoint> checkpoints, string destination, bool forOriginal, IDurableFiles files) =>
        Destination.Make(files, destination, staging =>
        {
            var catalog = forOriginal ? staging + "_whole" : staging;
            try
            {
                var written = Sessions(checkpoints, catalog, files);
                if (forOriginal)
                    _ = Checkpoint.Export(catalog, staging, row: null, files);

                return new Converted(written, LeftOut(checkpoints));
            }
            finally
            {
                _ = forOriginal && DurableTree.DeleteTree(files, catalog);
            }
        });

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
                v => v.Name, v => NdArray.From(v.Values, v.Values.Length));
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

/// <summary>Puts the files of a checkpoint's ranks together into one.</summary>
public static class ChmJoin
{
    /// <summary>Writes the checkpoints as one rank would have: the triangles in the order of their numbers, which is the order in which a
    /// CHM of one rank reads them. CHM itself never looks at the numbers.</summary>
    /// <param name="checkpoints">The checkpoints, oldest first.</param>
    /// <param name="destination">The new folder: not there yet, or empty.</param>
    /// <param name="files">The file system.</param>
    /// <exception cref="DataException">A checkpoint does not hold; nothing was written.</exception>
    /// <exception cref="SpecException">There is something at the destination.</exception>
    public static Converted Write(IReadOnlyList<ChmCheckpoint> checkpoints, string destination, IDurableFiles files) =>
        Destination.Make(files, destination, staging =>
        {
            var writer = new ChmWriter(files, staging);
            return new Converted([.. checkpoints.Select(c => writer.WriteAlone(c.Time, Whole(c)))], []);
        });

    /// <summary>All of a checkpoint's state, the triangles in the order of their numbers.</summary>
    internal static ChmRankState Whole(ChmCheckpoint checkpoint)
    {
        var contents = checkpoint.Verify();
        return checkpoint.Load(new ChmTriangles([.. checkpoint.GlobalIds().Order()]), contents.Variables);
    }

    /// <summary>Writes the checkpoint of a single rank, and gives its name.</summary>
    internal static string WriteAlone(this ChmWriter writer, ChmTime time, ChmRankState state)
    {
        var record = writer.WriteRank(writer.Reserve(time), 0, state);
        return Path.GetFileName(writer.Commit(new ChmProposal(1, state.Triangles.Count, [record])).Path);
    }
}

/// <summary>A CHM checkpoint's state as a catalog keeps it: named arrays over the triangles of a whole mesh.</summary>
[CheckpointState(Id = Id)]
public sealed class ChmCatalogState
{
    /// <summary>The state's name in a commit.</summary>
    public const string Id = "cairn.ChmState";

    /// <summary>The triangles' numbers, growing: int64 <c>[triangle]</c>.</summary>
    public NdArray? GlobalId { get; set; }

    /// <summary>By <c>module:variable</c>, the values of all triangles: float64 <c>[triangle]</c>.</summary>
    public Dictionary<string, NdArray> Variables { get; set; } = [];
}

/// <summary>What a conversion wrote, and what it had to leave out.</summary>
/// <param name="Written">The checkpoints or sessions, oldest first, by the names that they got.</param>
/// <param name="LeftOut">Each thing that has no place in the other format, in a sentence.</param>
public sealed record Converted(IReadOnlyList<string> Written, IReadOnlyList<string> LeftOut);
