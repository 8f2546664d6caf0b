using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Storage.Durable;

/// <summary>Files that appear whole under their name, or not at all.</summary>
public static class AtomicFile
{
    /// <summary>What the names of unfinished files begin with.</summary>
    public const string TemporaryPrefix = ".tmp_";

    /// <summary>Writes <paramref name="bytes"/> to a temporary name beside <paramref name="path"/>, fsyncs and renames it there. The rename
    /// is durable once the caller has fsynced the directory.</summary>
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

/// <summary>A small file that holds a secret: only its owner can ever read it.</summary>
public static class PrivateFile
{
    /// <summary>The largest that is written or read.</summary>
    public const int MaxBytes = 64 * 1024;

    private const uint OwnerOnly = 0x180; // 0600
    private const int OthersBits = 0x3F; // 0077

    /// <summary>Writes a new file, whole and durable under its name or not at all.</summary>
    /// <returns>False when the name was taken; what is there is untouched.</returns>
    /// <exception cref="DurableIOException">A call failed.</exception>
    public static bool Create(string path, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxBytes);
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var unfinished = Path.Combine(
            directory, $"{AtomicFile.TemporaryPrefix}{Path.GetFileName(path)}_{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        var files = new PosixFiles();
        using (var file = CreateForOwner(unfinished))
        {
            try
            {
                file.Write(bytes);
                file.Sync();
                file.Close();
                return GiveName(files, unfinished, path, directory);
            }
            finally
            {
                files.DeleteFile(unfinished);
            }
        }
    }

    /// <summary>Reads a file that only this user can read.</summary>
    /// <exception cref="DurableIOException">It can't be read; <see cref="DurableIOException.NotFound"/> when it is not there.</exception>
    /// <exception cref="DataException">Others may read it, it is another user's, no regular file, or too large.</exception>
    public static byte[] Read(string path)
    {
        var fd = LibC.Open(path, LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.CloseOnExec, 0);
        if (fd < 0)
            throw LibC.LastError("open", path);

        using var handle = new SafeFileHandle(fd, ownsHandle: true);
        var (type, permissions, owner, length) = LibC.Describe(fd) ?? throw LibC.LastError("statx", path);
        if (Objection(type, permissions, owner, length) is { } objection)
            throw new DataException($"{path} holds a secret and {objection}");

        using var reader = new PosixReader(handle, path, length);
        var bytes = new byte[length];
        reader.ReadExactly(bytes);
        return bytes;
    }

    private static string? Objection(int type, int permissions, uint owner, long length)
    {
        var mode = $"0{Convert.ToString(permissions, 8)}";
        return type != LibC.RegularType ? "is not a regular file."
            : owner != LibC.EffectiveUser()
                ? $"belongs to user {owner}, but user {LibC.EffectiveUser()} runs this: change its owner."
            : (permissions & OthersBits) != 0
                ? $"has mode {mode}, so other users can read it: chmod 600, and create a new one if it was read."
            : length > MaxBytes ? $"has {length} bytes; {MaxBytes} at most were expected."
            : null;
    }

    private static PosixFile CreateForOwner(string path)
    {
        var fd = LibC.Open(path, LibC.CreateFlag | LibC.Exclusive | LibC.WriteOnly | LibC.CloseOnExec, OwnerOnly);
        return fd < 0 ? throw LibC.LastError("open", path) : new PosixFile(fd, path);
    }

    /// <summary>A link, unlike a rename, never replaces what another process put there meanwhile.</summary>
    private static bool GiveName(PosixFiles files, string unfinished, string path, string directory)
    {
        try
        {
            files.Link(unfinished, path);
        }
        catch (DurableIOException error) when (error.AlreadyExists)
        {
            return false;
        }

        files.SyncDirectory(directory);
        return true;
    }
}
