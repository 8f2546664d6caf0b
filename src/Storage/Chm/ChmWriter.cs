using Cairn.Storage.Catalog;

namespace Cairn.Storage.Chm;

/// <summary>Writes checkpoints as CHM does, but so that a JSON that exists is always loadable: somebody reserves a folder for all ranks,
/// each rank writes its file durably, and only when all of them have does somebody write the JSON.</summary>
/// <remarks>Nothing that a JSON names is ever touched: each writing has a folder of its own. What no JSON names is left over, and counts
/// for nothing. May be used by several threads and processes at once.</remarks>
public sealed class ChmWriter
{
    private const int MostWritings = 10_000;

    private readonly IDurableFiles _files;
    private readonly string _folder;

    /// <param name="files">The file system.</param>
    /// <param name="folder">The folder of the run's checkpoints: <c>&lt;output&gt;/checkpoint</c>.</param>
    public ChmWriter(IDurableFiles files, string folder)
    {
        _files = files;
        _folder = Path.GetFullPath(folder);
    }

    /// <summary>Creates the folder that all ranks write to, with an unused name: <c>YYYYMMDDTHHMMSS</c>, or <c>YYYYMMDDTHHMMSS.n</c> if
    /// that was written before. Called once per checkpoint, for all ranks.</summary>
    /// <exception cref="TransientException">The disk failed.</exception>
    public ChmPlace Reserve(ChmTime time)
    {
        _ = DurableTree.CreateDirectories(_files, _folder);
        for (var writing = 0; writing < MostWritings; writing++)
        {
            var name = ChmNames.TimeFolder(time, writing);
            if (_files.CreateDirectory(Path.Combine(_folder, name)))
            {
                _files.SyncDirectory(_folder);
                // All of them: an earlier attempt may have made some and died before its fsync.
                Ancestors.Sync(_files, _folder);
                return new ChmPlace(time, name);
            }
        }

        throw new SpecException(
            $"{_folder} holds {MostWritings} folders for {time.Name} already. Remove those that no checkpoint names, then try again.");
    }

    /// <summary>Writes one rank's file; it is durable under its name when this returns.</summary>
    /// <param name="place">The result of <see cref="Reserve"/>.</param>
    /// <param name="rank">From 0; each rank once.</param>
    /// <param name="state">The rank's state, which must not change meanwhile.</param>
    /// <returns>What was written, for the JSON.</returns>
    /// <exception cref="SpecException">The state cannot be written in CHM's format; the message names the variable.</exception>
    /// <exception cref="TransientException">The disk failed; no checkpoint has changed.</exception>
    public ChmRankRecord WriteRank(ChmPlace place, int rank, ChmRankState state)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        state.Require();
        var folder = ContainedPath.Join(_folder, place.Folder);
        var name = ChmNames.RankFile(place.Time, rank);
        var temporary = Path.Combine(folder, AtomicFile.TemporaryPrefix + name);
        ChmFileDigest digest;
        using (var file = _files.Create(temporary))
        {
            digest = ChmRankImage.Write(file, Path.Combine(folder, name), place.Time, state);
            file.Sync();
            file.Close();
        }

        _files.Rename(temporary, Path.Combine(folder, name));
        _files.SyncDirectory(folder);
        return new ChmRankRecord(
            place, rank, $"{place.Folder}/{name}", digest, state.Triangles.Count, [.. state.Variables.Select(v => v.Name)]);
    }

    /// <summary>Writes the JSON: from here on the checkpoint exists. Replaces the JSON of an earlier writing of the same time by as many
    /// ranks, whose files stay where they are.</summary>
    /// <exception cref="DataException">The records do not make a checkpoint; the message lists why. Nothing was written.</exception>
    /// <exception cref="TransientException">The disk refused. Whether the checkpoint exists is unknown then, and reading tells; if it does,
    /// it is whole.</exception>
    public ChmCheckpoint Commit(ChmProposal proposal)
    {
        var manifest = proposal.Manifest();
        var path = Path.Combine(_folder, ChmNames.Json(manifest.Time, manifest.Ranks));
        AtomicFile.Replace(_files, path, manifest.Write());
        _files.SyncDirectory(_folder);
        return new ChmCheckpoint(_files, path, manifest);
    }

    /// <summary>Deletes what was written for a checkpoint that is not to be; nothing that a JSON names.</summary>
    /// <exception cref="TransientException">The disk refused; <see cref="Sweep"/> deletes the rest.</exception>
    public void Discard(ChmPlace place)
    {
        var leftovers = new ChmLeftovers(_files, _folder);
        leftovers.Delete(leftovers.Find().Where(name => name == place.Folder));
    }

    /// <summary>Deletes everything that no JSON names: leftovers of dead attempts, and files of earlier checkpoints of a time. Only for the
    /// holder of the run, while no rank writes.</summary>
    /// <returns>The removed names; none while there is a JSON that cannot be read.</returns>
    /// <exception cref="TransientException">The disk failed; the call may be repeated.</exception>
    public IReadOnlyList<string> Sweep()
    {
        var leftovers = new ChmLeftovers(_files, _folder);
        var found = leftovers.Find();
        leftovers.Delete(found);
        return found;
    }
}

/// <summary>Where all ranks write the files of one checkpoint.</summary>
/// <param name="Time">The checkpoint's time.</param>
/// <param name="Folder">The folder's name, below that of the checkpoints.</param>
public sealed record ChmPlace(ChmTime Time, string Folder);

/// <summary>What one rank has written, durably.</summary>
/// <param name="Place">Where.</param>
/// <param name="Rank">The rank.</param>
/// <param name="File">Its file, relative to the folder of the checkpoints.</param>
/// <param name="Digest">The file's size and checksum.</param>
/// <param name="Triangles">How many triangles it holds.</param>
/// <param name="Variables">The names of its arrays, <c>global_id</c> left out.</param>
public sealed record ChmRankRecord(
    ChmPlace Place, int Rank, string File, ChmFileDigest Digest, int Triangles, IReadOnlyList<string> Variables);

/// <summary>Reads a rank's file into memory, and checks it against what the JSON says of it.</summary>
internal static class WholeFile
{
    /// <exception cref="DataException">It is missing, unreadable, too large for memory, or not what was written.</exception>
    public static byte[] Read(IDurableFiles files, string path, ChmFileDigest? expected)
    {
        using var stream = new DigestStream(BoundedFile.Open(files, path), path);
        if (expected is not null && stream.Length != expected.Bytes)
            throw new DataException($"{path} has {stream.Length} bytes; {expected.Bytes} were written. It was truncated or replaced.");

        if (stream.Length > Array.MaxLength)
            throw new DataException($"{path} has {stream.Length} bytes; at most {Array.MaxLength} can be read. Was it written by CHM?");

        var bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length, pinned: true);
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read != bytes.Length)
            throw new DataException($"{path} ends after {read} of {bytes.Length} bytes.");

        return expected is null || stream.Crc == expected.Crc32C ? bytes : throw new DataException(
            $"{path} is damaged: its CRC-32C is {Crc32C.Text(stream.Crc)}; {Crc32C.Text(expected.Crc32C)} was written.");
    }
}
