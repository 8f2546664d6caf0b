using System.Runtime.InteropServices;

namespace Cairn.Storage.Ledger;

/// <summary>
/// A clock that only grows, and counts the time that the machine was suspended: <c>CLOCK_BOOTTIME</c>, see clock_gettime(2). .NET's own
/// time stamps stand still meanwhile, and a node that slept would believe in leases that are long another's.
/// </summary>
public static partial class BootClock
{
    private const int BootTime = 7;

    /// <summary>Since the machine was started.</summary>
    /// <exception cref="DataException">The machine has no such clock.</exception>
    public static TimeSpan Now
    {
        get
        {
            Span<nint> now = stackalloc nint[2];
            return GetTime(BootTime, ref now[0]) == 0
                ? new TimeSpan((now[0] * TimeSpan.TicksPerSecond) + (now[1] / TimeSpan.NanosecondsPerTick))
                : throw new DataException($"clock_gettime(CLOCK_BOOTTIME) failed with errno {Marshal.GetLastPInvokeError()}: leases are "
                    + "measured by this clock. Use a Linux that has it.");
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, ref nint secondsAndNanoseconds);
}
