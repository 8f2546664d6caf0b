using System.Runtime.InteropServices;

namespace Cairn.Actors.Leases;

/// <summary>
/// A clock that only grows, and counts the time that the machine was suspended: <c>clock_gettime(CLOCK_BOOTTIME)</c>. .NET's own time
/// stamps stand still meanwhile, and a node that slept would believe in leases that are long another's.
/// </summary>
public static partial class BootClock
{
    private const int BootTime = 7;

    /// <summary>Since the machine was started.</summary>
    public static TimeSpan Now
    {
        get
        {
            if (ClockGetTime(BootTime, out var time) != 0)
            {
                throw new InvalidOperationException($"CLOCK_BOOTTIME cannot be read (errno {Marshal.GetLastPInvokeError()}).");
            }

            return TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
