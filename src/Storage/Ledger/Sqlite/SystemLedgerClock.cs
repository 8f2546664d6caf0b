namespace Cairn.Storage.Ledger.Sqlite;

/// <summary>The clocks of this machine: Linux's boot id and <see cref="BootClock"/>.</summary>
/// <param name="time">The time for people.</param>
public sealed class SystemLedgerClock(TimeProvider time) : ILedgerClock
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    /// <inheritdoc/>
    public string BootId { get; } = File.ReadAllText(BootIdFile).Trim();

    /// <inheritdoc/>
    public TimeSpan SinceBoot => BootClock.Now;

    /// <inheritdoc/>
    public DateTimeOffset UtcNow => time.GetUtcNow();
}
