using Cairn.Storage.Ledger.Sql;
using Npgsql;

namespace Cairn.Storage.Ledger.Postgres;

/// <summary>
/// Tells other processes of changes, and hears of theirs, by NOTIFY and LISTEN. Only a hint is sent, and after the commit: a NOTIFY inside
/// a transaction makes the server commit those transactions one by one.
/// </summary>
internal sealed class PostgresBells : IAsyncDisposable
{
    private static readonly TimeSpan NotMoreOftenThan = TimeSpan.FromMilliseconds(50);
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;
    private readonly PostgresListener _listener;
    private readonly string _prefix;
    private readonly Lock _lock = new();
    private readonly HashSet<LedgerChange> _toSend = [];
    private Task _sending = Task.CompletedTask;
    private bool _isSending;

    public PostgresBells(NpgsqlDataSource source, PostgresAddress address, TimeProvider time)
    {
        (_source, _time, _prefix) = (source, time, $"{address.Schema}_");
        _listener = new(source, change => $"{_prefix}{change}", time);
    }

    /// <summary>Sends what was committed to whoever waits; soon, and many at once where there are many.</summary>
    public void Ring(IReadOnlyCollection<LedgerChange> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            _toSend.UnionWith(changes);
            if (!_isSending)
            {
                _isSending = true;
                _sending = Task.Run(SendAsync);
            }
        }
    }

    public Task WaitAsync(LedgerChange change, TimeSpan atMost, CancellationToken cancel) => _listener.WaitAsync(change, atMost, cancel);

    public async ValueTask DisposeAsync()
    {
        await _sending.ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        while (Next() is { Count: > 0 } changes)
        {
            foreach (var change in changes)
            {
                await NotifyAsync($"{_prefix}{change}").ConfigureAwait(false);
            }

            await Task.Delay(NotMoreOftenThan, _time).ConfigureAwait(false);
        }
    }

    private List<LedgerChange> Next()
    {
        lock (_lock)
        {
            List<LedgerChange> changes = [.. _toSend];
            _toSend.Clear();
            _isSending = changes.Count > 0;
            return changes;
        }
    }

    private async Task NotifyAsync(string channel)
    {
        try
        {
            var command = _source.CreateCommand("SELECT pg_notify($1, '')");
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter { Value = channel });
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (PostgresErrors.Translate(e, "") is not null)
        {
            // Whoever waits looks by itself before long.
        }
    }
}
