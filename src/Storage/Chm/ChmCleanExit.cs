using Cairn.Storage.Durable;

namespace Cairn.Storage.Chm;

/// <summary>
/// The empty file <c>&lt;output&gt;/clean_exit</c>, by which a batch script sees that a run has reached its end and is not to be queued
/// again.
/// </summary>
public static class ChmCleanExit
{
    /// <summary>The file's name in the folder of the output.</summary>
    public const string FileName = "clean_exit";

    /// <summary>For a run that reached its end; neither for one that failed, nor for one that its wall-clock limit stopped.</summary>
    /// <exception cref="TransientException">The disk refused.</exception>
    public static void Write(IDurableFiles files, string output)
    {
        ArgumentNullException.ThrowIfNull(files);
        AtomicFile.Replace(files, Path.Combine(output, FileName), []);
        files.SyncDirectory(output);
    }

    /// <summary>For a run that begins: what an earlier one in the same folder reached says nothing of this one.</summary>
    /// <exception cref="TransientException">The disk refused.</exception>
    public static void Remove(IDurableFiles files, string output)
    {
        ArgumentNullException.ThrowIfNull(files);
        var path = Path.Combine(output, FileName);
        if (files.FileExists(path))
        {
            files.DeleteFile(path);
            files.SyncDirectory(output);
        }
    }
}
