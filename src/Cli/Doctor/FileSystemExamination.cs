using System.Globalization;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Doctor;

/// <summary>
/// Whether the file system of a path does what commits rely on. Tries it in a scratch directory, which is removed afterwards.
/// </summary>
/// <param name="files">The file system.</param>
/// <param name="takeLock">Takes a run's lock on a file, or throws <see cref="FencedException"/>.</param>
/// <param name="time">The clock.</param>
/// <param name="mountInfo">Lines of <c>/proc/self/mountinfo</c>.</param>
/// <param name="freeBytes">Free bytes for this user at a path.</param>
public sealed class FileSystemExamination(
    IDurableFiles files,
    Func<string, IDisposable> takeLock,
    TimeProvider time,
    IReadOnlyList<string> mountInfo,
    Func<string, long> freeBytes)
{
    private const long EnoughBytes = 2L << 30;
    private const string OtherDisk = "Keep checkpoints on another file system: this one cannot hold a commit safely.";

    /// <summary>How much to write for the write speed, in MiB.</summary>
    public int MebibytesToWrite { get; init; } = 64;

    /// <summary>Examines the file system of <paramref name="path"/>, which need not exist yet.</summary>
    public DoctorSection Run(string path)
    {
        var wanted = Path.GetFullPath(path);
        var place = wanted;
        while (!files.DirectoryExists(place))
            place = Path.GetDirectoryName(place) ?? "/";

        var title = place == wanted ? $"File system of {wanted}" : $"File system of {wanted} (does not exist yet; tested in {place})";
        var mount = Mount.Holding(Real(place), mountInfo);
        return new(title, [MountAdvice.Judge(mount), Space(place), .. InScratch(place)]);
    }

    private static string Real(string directory) =>
        new DirectoryInfo(directory).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? directory;

    private Finding Space(string place)
    {
        var free = freeBytes(place);
        var found = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1L << 30):0.0} GiB free");
        return free >= EnoughBytes
            ? Finding.Good("space", found)
            : Finding.Limited("space", found, "Free some space: a commit on a full disk fails, and the batch pauses.");
    }

    private List<Finding> InScratch(string place)
    {
        var scratch = Path.Combine(place, $".cairn-doctor-{Guid.NewGuid():N}");
        try
        {
            files.CreateDirectory(scratch);
        }
        catch (DurableIOException e)
        {
            return [Finding.Broken("writing", e.Message, $"Give this user write permission in {place}, or name another directory.")];
        }

        try
        {
            return Try(scratch);
        }
        finally
        {
            DurableTree.DeleteTree(files, scratch);
        }
    }

    private List<Finding> Try(string scratch)
    {
        var promises = new FileSystemPromises(files, takeLock, scratch);
        var speed = new DiskSpeed(files, time, scratch, MebibytesToWrite);
        return
        [
            Kept("exclusive create", promises.ExclusiveCreate),
            Kept("rename", promises.AtomicRename),
            Kept("rename of a directory", promises.DirectoryRename),
            Kept("link", promises.Link),
            Kept("fsync", promises.Fsync),
            Kept("lock", promises.Lock),
            Measured("fsync time", speed.SyncLatency),
            Measured("write speed", speed.WriteBandwidth),
        ];
    }

    private static Finding Kept(string promise, Func<string> attempt) => Measured(promise, () => Finding.Good(promise, attempt()));

    private static Finding Measured(string subject, Func<Finding> measure)
    {
        try
        {
            return measure();
        }
        catch (DurableIOException e) when (e.DiskFull)
        {
            return Finding.Broken(subject, e.Message, "Free some space on the disk, then try again.");
        }
        catch (CairnException e)
        {
            return Finding.Broken(subject, e.Message, OtherDisk);
        }
    }
}
