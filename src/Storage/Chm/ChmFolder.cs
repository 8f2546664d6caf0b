using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Chm;

/// <summary>The folder of a run's checkpoints, <c>&lt;output&gt;/checkpoint</c>, for reading.</summary>
public sealed class ChmFolder
{
    private readonly IDurableFiles _files;

    /// <param name="path">The folder; it need not exist.</param>
    /// <param name="files">The file system; the machine's own when not given.</param>
    public ChmFolder(string path, IDurableFiles? files = null)
    {
        _files = files ?? new PosixFiles();
        Path = System.IO.Path.GetFullPath(path);
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>The JSONs of checkpoints by what their names say, oldest first; of one time, fewest ranks first.</summary>
    public IReadOnlyList<ChmListed> List() =>
    [
        .. _files.List(Path).Where(e => e.IsFile).Select(Listed).OfType<ChmListed>().OrderBy(c => c.Time).ThenBy(c => c.Ranks),
    ];

    /// <summary>
    /// The checkpoint that a run continues from by itself (<c>auto_resume</c>): the one whose name has the greatest time. A damaged
    /// one is skipped with a warning, and the next older one is taken.
    /// </summary>
    /// <param name="strictRanks">Refuse the newest if another number of ranks wrote it, as CHM does; null to accept any number.</param>
    /// <param name="warn">Receives a message about each checkpoint that is skipped.</param>
    /// <returns>The checkpoint, every byte of it read, and its contents; null if there is none at all.</returns>
    /// <exception cref="DataException">There are checkpoints, but none is intact.</exception>
    /// <exception cref="SpecException">The newest intact one is of another number of ranks than <paramref name="strictRanks"/>.</exception>
    public (ChmCheckpoint Checkpoint, ChmContents Contents)? Newest(int? strictRanks, Action<CheckpointWarning> warn)
    {
        ArgumentNullException.ThrowIfNull(warn);
        // Two JSONs of one time hold the same state, so the one with the current number of ranks comes first.
        var candidates = List().OrderByDescending(c => c.Time).ThenByDescending(c => c.Ranks == strictRanks).ThenByDescending(c => c.Ranks);
        var passedOver = 0;
        foreach (var candidate in candidates)
        {
            try
            {
                var checkpoint = ChmCheckpoint.Open(candidate.Path, _files);
                var contents = checkpoint.Verify();
                if (strictRanks is { } ranks)
                {
                    checkpoint.RequireRanks(ranks);
                }

                return (checkpoint, contents);
            }
            catch (DataException e)
            {
                passedOver++;
                warn(new CheckpointWarning(candidate.Path, e.Message, "The checkpoint is skipped, and the next older one is used."));
            }
        }

        return passedOver == 0 ? null : throw new DataException(
            $"{Path} holds {passedOver} checkpoints, and none of them can be read. Repair one, or start over without auto_resume.");
    }

    private ChmListed? Listed(DirectoryEntry entry) => ChmNames.TryParseJson(entry.Name, out var time, out var ranks)
        ? new ChmListed(System.IO.Path.Combine(Path, entry.Name), time, ranks)
        : null;
}

/// <summary>What the name of a checkpoint's JSON says.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Time">Where the next step starts.</param>
/// <param name="Ranks">How many ranks wrote it.</param>
public sealed record ChmListed(string Path, ChmTime Time, int Ranks);
