using Cairn.Storage.Durable;

namespace Cairn.Storage.Chm.Conversion;

/// <summary>Puts the files of a checkpoint's ranks together into one.</summary>
public static class ChmJoin
{
    /// <summary>
    /// Writes the checkpoints as one rank would have: the triangles in the order of their numbers, which is the order in which a CHM of one
    /// rank reads them. CHM itself never looks at the numbers.
    /// </summary>
    /// <param name="checkpoints">The checkpoints, oldest first.</param>
    /// <param name="destination">The new folder: not there yet, or empty.</param>
    /// <param name="files">The file system.</param>
    /// <exception cref="DataException">A checkpoint does not hold; nothing was written.</exception>
    /// <exception cref="SpecException">There is something at the destination.</exception>
    public static Converted Write(IReadOnlyList<ChmCheckpoint> checkpoints, string destination, IDurableFiles files)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        ArgumentNullException.ThrowIfNull(files);
        return Destination.Make(files, destination, staging =>
        {
            var writer = new ChmWriter(files, staging);
            return new Converted([.. checkpoints.Select(c => writer.WriteAlone(c.Time, Whole(c)))], []);
        });
    }

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
