namespace Cairn.Storage.Ledger.Sqlite;

/// <summary>
/// The clocks of a ledger on one machine. Leases are measured by one that counts since boot, through suspend, and that nobody can set.
/// </summary>
public interface ILedgerClock
{
    /// <summary>Names this boot of the machine: <see cref="SinceBoot"/> of another one means nothing.</summary>
    string BootId { get; }

    /// <summary>Time since the machine was booted, suspend included.</summary>
    TimeSpan SinceBoot { get; }

    /// <summary>What the machine takes for the time, for people to read.</summary>
    DateTimeOffset UtcNow { get; }
}
