using System.Runtime.InteropServices;

namespace Cairn.Storage.Durable;

/// <summary>Reads a directory's entries with their types.</summary>
internal static class PosixDirectory
{
    // struct dirent of every 64-bit Linux: inode (8), offset (8), record length (2), type (1), name.
    private const int TypeOffset = 18;
    private const int NameOffset = 19;
    private const byte TypeUnknown = 0;
    private const byte TypeDirectory = 4;
    private const byte TypeRegular = 8;

    internal static IReadOnlyList<DirectoryEntry> List(string path)
    {
        var directory = LibC.OpenDirectory(path);
        if (directory == 0)
        {
            var error = LibC.LastError("opendir", path);
            return error.NotFound ? [] : throw error;
        }

        try
        {
            var entries = Read(directory, path);
            entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
        finally
        {
            _ = LibC.CloseDirectory(directory);
        }
    }

    private static List<DirectoryEntry> Read(nint directory, string path)
    {
        var entries = new List<DirectoryEntry>();
        while (true)
        {
            var entry = LibC.ReadDirectory(directory);
            if (entry == 0)
            {
                return Marshal.GetLastPInvokeError() == 0 ? entries : throw LibC.LastError("readdir", path);
            }

            var name = Marshal.PtrToStringUTF8(entry + NameOffset)!;
            if (name is not ("." or ".."))
            {
                entries.Add(Entry(path, name, Marshal.ReadByte(entry, TypeOffset)));
            }
        }
    }

    private static DirectoryEntry Entry(string directory, string name, byte type)
    {
        if (type != TypeUnknown)
        {
            return new DirectoryEntry(name, type == TypeDirectory, type == TypeRegular);
        }

        // Some file systems do not say; a name gone meanwhile is neither.
        var mode = LibC.FileType(Path.Combine(directory, name), follow: false);
        return new DirectoryEntry(name, mode == LibC.DirectoryType, mode == LibC.RegularType);
    }
}
