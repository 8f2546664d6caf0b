using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Storage.Durable;

/// <summary>The system calls behind durable files, called directly: the managed library hides a failing fsync and cannot open a directory.
/// Numbers are those of Linux; the few that differ between architectures are chosen at run time.</summary>
internal static partial class LibC
{
    internal const int ReadOnly = 0;
    internal const int WriteOnly = 1;
    internal const int ReadWrite = 2;
    internal const int CreateFlag = 0x40;
    internal const int Exclusive = 0x80;
    internal const int NonBlocking = 0x800;
    internal const int AppendFlag = 0x400;
    internal const int CloseOnExec = 0x80000;
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;
    internal const int Unlock = 8;

    internal const int NotFound = 2;
    internal const int Interrupted = 4;
    internal const int IOError = 5;
    internal const int WouldBlock = 11;
    internal const int Exists = 17;
    internal const int NotDirectory = 20;
    internal const int Invalid = 22;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    internal static int NoFollow => IsArm ? 0x8000 : 0x20000;
    internal static int DirectoryOnly => IsArm ? 0x4000 : 0x10000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int fd, in byte bytes, nint count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int fd, ref byte bytes, nint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    internal static partial nint ReadAt(SafeFileHandle file, ref byte bytes, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(int fd, long length);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Fsync(int fd);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    internal static partial int StartWriting(int fd, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int Flock(int fd, int operation);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OpenDirectory(string path);

    /// <summary>The generated stub clears errno before the call, which distinguishes an error from the end.</summary>
    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    internal static partial nint ReadDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "closedir", SetLastError = true)]
    internal static partial int CloseDirectory(nint directory);

    /// <summary>statx, because its structure has the same layout everywhere, unlike stat's.</summary>
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte buffer);

    /// <summary>The file type bits of a path, or -1 with errno set.</summary>
    internal static int FileType(string path, bool follow)
    {
        const int NoFollowLast = 0x100, CurrentDirectory = -100;
        const uint TypeOnly = 1;
        Span<byte> buffer = stackalloc byte[256];
        return Statx(CurrentDirectory, path, follow ? 0 : NoFollowLast, TypeOnly, ref buffer[0]) == 0 ? TypeIn(buffer) : -1;
    }

    /// <summary>The file type bits of an open descriptor and its length in bytes, or -1 with errno set.</summary>
    internal static (int Type, long Length) TypeAndLength(int fd)
    {
        const int EmptyPath = 0x1000;
        return TypeAndLength(fd, "", EmptyPath);
    }

    /// <summary>The same of a path; a link is not followed in its last component.</summary>
    internal static (int Type, long Length) TypeAndLength(string path)
    {
        const int NoFollowLast = 0x100, CurrentDirectory = -100;
        return TypeAndLength(CurrentDirectory, path, NoFollowLast);
    }

    private static (int Type, long Length) TypeAndLength(int directory, string path, int flags)
    {
        const int SizeOffset = 40;
        const uint TypeAndSize = 0x201;
        Span<byte> buffer = stackalloc byte[256];
        return Statx(directory, path, flags, TypeAndSize, ref buffer[0]) == 0
            ? (TypeIn(buffer), MemoryMarshal.Read<long>(buffer[SizeOffset..]))
            : (-1, 0);
    }

    /// <summary>Type, permissions, owner and length of an open descriptor, or null with errno set.</summary>
    internal static (int Type, int Permissions, uint Owner, long Length)? Describe(int fd)
    {
        const int EmptyPath = 0x1000, OwnerOffset = 20, ModeOffset = 28, SizeOffset = 40;
        const uint TypeModeOwnerAndSize = 0x20B;
        Span<byte> buffer = stackalloc byte[256];
        return Statx(fd, "", EmptyPath, TypeModeOwnerAndSize, ref buffer[0]) == 0
            ? (TypeIn(buffer), MemoryMarshal.Read<ushort>(buffer[ModeOffset..]) & 0xFFF, MemoryMarshal.Read<uint>(buffer[OwnerOffset..]),
                MemoryMarshal.Read<long>(buffer[SizeOffset..]))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    private static int TypeIn(ReadOnlySpan<byte> statx)
    {
        const int ModeOffset = 28;
        return MemoryMarshal.Read<ushort>(statx[ModeOffset..]) & 0xF000;
    }

    /// <summary>The inode number of a path, or null when there is nothing there.</summary>
    internal static ulong? Inode(string path)
    {
        const int NoFollowLast = 0x100, CurrentDirectory = -100, InodeOffset = 32;
        const uint InodeOnly = 0x100;
        Span<byte> buffer = stackalloc byte[256];
        return Statx(CurrentDirectory, path, NoFollowLast, InodeOnly, ref buffer[0]) == 0
            ? MemoryMarshal.Read<ulong>(buffer[InodeOffset..])
            : null;
    }

    /// <summary>Device and inode of what a path leads to, or null when there is nothing there, or it may not be looked at.</summary>
    internal static (ulong Device, ulong Inode)? Identity(string path)
    {
        const int FollowLinks = 0, CurrentDirectory = -100, InodeOffset = 32, DeviceOffset = 136;
        const uint InodeOnly = 0x100;
        Span<byte> buffer = stackalloc byte[256];
        return Statx(CurrentDirectory, path, FollowLinks, InodeOnly, ref buffer[0]) == 0
            ? (MemoryMarshal.Read<ulong>(buffer[DeviceOffset..]), MemoryMarshal.Read<ulong>(buffer[InodeOffset..]))
            : null;
    }

    internal const int RegularType = 0x8000;
    internal const int DirectoryType = 0x4000;

    /// <summary>The error of the last call, as an exception that names the call and the path.</summary>
    /// <summary>Whether the last call failed because there is no such name: an answer to many questions, and too frequent to make an
    /// exception of.</summary>
    internal static bool IsNotFound() => Marshal.GetLastPInvokeError() == NotFound;

    internal static DurableIOException LastError(string call, string path) => Error(call, path, Marshal.GetLastPInvokeError());

    internal static DurableIOException Error(string call, string path, int errno) =>
        new(call, path, errno, Marshal.GetPInvokeErrorMessage(errno));
}
