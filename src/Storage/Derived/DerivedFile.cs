using System.Security.Cryptography;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Derived;

/// <summary>NetCDF files that appear whole and durable under their name, or not at all.</summary>
public static class DerivedFile
{
    /// <summary>Writes a file to a temporary name beside <paramref name="path"/>, makes it durable and renames it there.</summary>
    /// <exception cref="TransientException">The disk refused; what was at <paramref name="path"/> before is untouched.</exception>
    internal static void Write(IDurableFiles files, string path, Action<NetCdfWriter> write)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        var created = DurableTree.CreateDirectories(files, folder);
        var temporary = Path.Combine(folder, Prefix(full) + RandomNumberGenerator.GetHexString(16, lowercase: true));
        try
        {
            using (var file = NetCdfWriter.Create(temporary, classic: true))
            {
                write(file);
                file.Close();
            }

            files.SyncFile(temporary);
            files.Rename(temporary, full);
        }
        catch
        {
            RemoveLeftover(files, temporary);
            throw;
        }

        files.SyncDirectory(folder);
        DurableTree.SyncCreated(files, created);
    }

    /// <summary>Removes leftovers of earlier attempts by killed processes. Only for the holder of the run.</summary>
    public static void Sweep(IDurableFiles files, string path)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        foreach (var entry in files.List(folder).Where(e => e.IsFile && e.Name.StartsWith(Prefix(full), StringComparison.Ordinal)))
            files.DeleteFile(Path.Combine(folder, entry.Name));
    }

    private static string Prefix(string path) => $"{AtomicFile.TemporaryPrefix}{Path.GetFileName(path)}_";

    private static void RemoveLeftover(IDurableFiles files, string temporary)
    {
        try
        {
            if (files.FileExists(temporary))
                files.DeleteFile(temporary);
        }
        catch (DurableIOException)
        {
            // The error that matters is on its way to the caller; a leftover is swept later.
        }
    }
}
