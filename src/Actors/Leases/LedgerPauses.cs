using Cairn.Actors.Members;

namespace Cairn.Actors.Leases;

/// <summary>How long to wait before a ledger that could not be reached is tried again. Pure.</summary>
internal static class LedgerPauses
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromSeconds(5);

    /// <param name="failures">Failures in a row, from 1.</param>
    public static TimeSpan After(int failures) => GrowingPause.After(failures, First, Longest);
}
