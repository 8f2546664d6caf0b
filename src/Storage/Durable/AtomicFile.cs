using System.Security.Cryptography;

namespace Cairn.Storage.Durable;

/// <summary>Files that appear whole under their name, or not at all.</summary>
public static class AtomicFile
{
    /// <summary>What the names of unfinished files begin with.</summary>
    public const string TemporaryPrefix = ".tmp_";

    /// <summary>
    /// Writes <paramref name="bytes"/> to a temporary name beside <paramref name="path"/>, fsyncs and renames it there. The rename is
    /// durable once the caller has fsynced the directory.
    /// </summary>
    /// <exception cref="DurableIOException">A call failed; the old file, if any, is untouched unless the failing call was the rename
    /// itself.</exception>
    public static void Replace(IDurableFiles files, string path, ReadOnlySpan<byte> bytes)
    {
        // Random, because writers on other machines may be replacing the same file.
        var name = $"{TemporaryPrefix}{Path.GetFileName(path)}_{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, name);
        try
        {
            using (var file = files.Create(temporary))
            {
                file.Write(bytes);
                file.Sync();
                file.Close();
            }

            files.Rename(temporary, path);
        }
        catch (DurableIOException)
        {
            RemoveLeftover(files, temporary);
            throw;
        }
    }

    private static void RemoveLeftover(IDurableFiles files, string temporary)
    {
        try
        {
            files.DeleteFile(temporary);
        }
        catch (DurableIOException)
        {
            // The error that matters is on its way to the caller; a leftover is swept later.
        }
    }
}
