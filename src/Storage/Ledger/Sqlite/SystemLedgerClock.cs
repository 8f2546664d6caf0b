using System.Runtime.InteropServices;

namespace Cairn.Storage.Ledger.Sqlite;

/// <summary>The clocks of this machine: Linux's boot id and <c>CLOCK_BOOTTIME</c>, see clock_gettime(2).</summary>
/// <param name="time">The time for people.</param>
public sealed partial class SystemLedgerClock(TimeProvider time) : ILedgerClock
{
    private const int BootTime = 7;
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    /// <inheritdoc/>
    public string BootId { get; } = File.ReadAllText(BootIdFile).Trim();

    /// <inheritdoc/>
    public TimeSpan SinceBoot
    {
        get
        {
            Span<nint> now = stackalloc nint[2];
            return GetTime(BootTime, ref now[0]) == 0
                ? new TimeSpan((now[0] * TimeSpan.TicksPerSecond) + (now[1] / TimeSpan.NanosecondsPerTick))
                : throw new DataException($"clock_gettime(CLOCK_BOOTTIME) failed with errno {Marshal.GetLastPInvokeError()}: a ledger in "
                    + "a file measures leases by this clock. Use a PostgreSQL ledger on this machine.");
        }
    }

    /// <inheritdoc/>
    public DateTimeOffset UtcNow => time.GetUtcNow();

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, ref nint secondsAndNanoseconds);
}
