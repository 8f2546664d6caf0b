using System.Runtime.InteropServices;

namespace Cairn.Actors.Ranks;

/// <summary>How a process of ranks makes sure that it ends, whatever its threads are doing.</summary>
internal static partial class RankProcessExit
{
    private const int SetParentDeathSignal = 1;
    private const int Kill9 = 9;

    /// <summary>
    /// From now on the kernel kills this process when the one that started it ends. To be called by a thread that lives as long as the
    /// process does: the wish is that thread's.
    /// </summary>
    /// <param name="parent">The process that started this one, or null where that one need not be known.</param>
    public static void FollowParent(int? parent)
    {
        _ = ProcessControl(SetParentDeathSignal, Kill9, 0, 0, 0);
        // It may have ended before that, and another process has taken its number.
        if (parent is { } expected && ParentProcess() != expected)
        {
            Now(1);
        }
    }

    /// <summary>
    /// Ends this process immediately. Nothing is closed or flushed, and nothing is awaited: the files on disk are consistent at any time.
    /// </summary>
    public static void Now(int exitCode) => ExitNow(exitCode);

    /// <summary>Kills another process.</summary>
    public static void Kill(int process) => _ = Signal(process, Kill9);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentProcess();

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int exitCode);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
