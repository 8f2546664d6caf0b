using System.Text.RegularExpressions;
using Cairn.Storage.Catalog;

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

    /// <summary>The checkpoint that a run continues from by itself (<c>auto_resume</c>): the one whose name has the greatest time. A
    /// damaged one is skipped with a warning, and the next older one is taken.</summary>
    /// <param name="strictRanks">Refuse the newest if another number of ranks wrote it, as CHM does; null to accept any number.</param>
    /// <param name="warn">Receives a message about each checkpoint that is skipped.</param>
    /// <returns>The checkpoint, every byte of it read, and its contents; null if there is none at all.</returns>
    /// <exception cref="DataException">There are checkpoints, but none is intact.</exception>
    /// <exception cref="SpecException">The newest intact one is of another number of ranks than <paramref name="strictRanks"/>.</exception>
    public (ChmCheckpoint Checkpoint, ChmContents Contents)? Newest(int? strictRanks, Action<CheckpointWarning> warn)
    {
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
                    checkpoint.RequireRanks(ranks);

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

/// <summary>The names that CHM gives to the files and folders of its checkpoints.</summary>
public static partial class ChmNames
{
    /// <summary>The folder of a run's checkpoints, in the folder of its output.</summary>
    public const string Folder = "checkpoint";

    /// <summary>The only dimension of a rank's file.</summary>
    internal const string Triangles = "tri_id";

    /// <summary>The variable that says which triangles of the mesh a rank's file holds.</summary>
    internal const string GlobalId = "global_id";

    internal const string RestartTime = "restart_time";
    internal const string RestartSeconds = "restart_time_sec";

    /// <summary><c>checkpoint_20200125T140000.np4.json</c></summary>
    public static string Json(ChmTime time, int ranks) =>
        string.Create(CultureInfo.InvariantCulture, $"checkpoint_{time.Name}.np{ranks}.json");

    /// <summary>Reads the name of a checkpoint's JSON; false for any other name.</summary>
    public static bool TryParseJson(string name, out ChmTime time, out int ranks)
    {
        var match = JsonPattern().Match(name);
        (time, ranks) = (default, 0);
        return match.Success && ChmTime.TryParseName(match.Groups[1].Value, out time)
            && int.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out ranks);
    }

    /// <summary><c>20200125T140000</c>, and <c>20200125T140000.1</c> for the second writing of one time.</summary>
    internal static string TimeFolder(ChmTime time, int writing) =>
        writing == 0 ? time.Name : string.Create(CultureInfo.InvariantCulture, $"{time.Name}.{writing}");

    /// <summary>Whether a folder is one of <see cref="TimeFolder"/>.</summary>
    internal static bool IsTimeFolder(string name) =>
        FolderPattern().Match(name) is { Success: true } match && ChmTime.TryParseName(match.Groups[1].Value, out _);

    /// <summary><c>chkp20200125T140000_3.nc</c></summary>
    internal static string RankFile(ChmTime time, int rank) => string.Create(CultureInfo.InvariantCulture, $"chkp{time.Name}_{rank}.nc");

    [GeneratedRegex(@"\Acheckpoint_([0-9]{8}T[0-9]{6})\.np([0-9]{1,7})\.json\z", RegexOptions.CultureInvariant)]
    private static partial Regex JsonPattern();

    [GeneratedRegex(@"\A([0-9]{8}T[0-9]{6})(?:\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex FolderPattern();
}

/// <summary>What attempts left that never became a checkpoint, and what a later writing of the same time has replaced.</summary>
internal sealed class ChmLeftovers(IDurableFiles files, string folder)
{
    /// <summary>Folders of times that no JSON in the folder names, and unfinished JSONs. None if one of the JSONs cannot be read, since it
    /// is then unknown what it names.</summary>
    public IReadOnlyList<string> Find()
    {
        var entries = files.List(folder);
        return Named(entries) is not { } named ? [] :
        [
            .. entries.Where(e => e.IsDirectory ? ChmNames.IsTimeFolder(e.Name) && !named.Contains(e.Name)
                    : e.IsFile && e.Name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal))
                .Select(e => e.Name),
        ];
    }

    /// <summary>Deletes some of <see cref="Find"/>.</summary>
    public void Delete(IEnumerable<string> names)
    {
        foreach (var name in names)
            _ = DurableTree.DeleteTree(files, Path.Combine(folder, name));
    }

    private HashSet<string>? Named(IReadOnlyList<DirectoryEntry> entries)
    {
        var named = new HashSet<string>();
        foreach (var json in entries.Where(e => e.IsFile && e.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            try
            {
                var manifest = ChmCheckpoint.Open(Path.Combine(folder, json.Name), files).Manifest;
                named.UnionWith(manifest.Files.Select(file => file.Split('/')[0]));
            }
            catch (DataException)
            {
                // The files that it names may still be recoverable by hand.
                return null;
            }
        }

        return named;
    }
}

/// <summary>The empty file <c>&lt;output&gt;/clean_exit</c>, by which a batch script sees that a run has reached its end and is not to be
/// queued again.</summary>
public static class ChmCleanExit
{
    /// <summary>The file's name in the folder of the output.</summary>
    public const string FileName = "clean_exit";

    /// <summary>For a run that reached its end; neither for one that failed, nor for one that its wall-clock limit stopped.</summary>
    /// <exception cref="TransientException">The disk refused.</exception>
    public static void Write(IDurableFiles files, string output)
    {
        AtomicFile.Replace(files, Path.Combine(output, FileName), []);
        files.SyncDirectory(output);
    }

    /// <summary>For a run that begins: what an earlier one in the same folder reached says nothing of this one.</summary>
    /// <exception cref="TransientException">The disk refused.</exception>
    public static void Remove(IDurableFiles files, string output)
    {
        var path = Path.Combine(output, FileName);
        if (files.FileExists(path))
        {
            files.DeleteFile(path);
            files.SyncDirectory(output);
        }
    }
}
