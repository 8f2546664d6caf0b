namespace Cairn.Storage.Ledger.Sql;

/// <summary>Times as the ledger keeps them: milliseconds.</summary>
internal static class LedgerTime
{
    public static DateTimeOffset Utc(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? Utc(long? milliseconds) => milliseconds is { } known ? Utc(known) : null;

    public static long Milliseconds(TimeSpan span) => (long)Math.Ceiling(span.TotalMilliseconds);
}
