using Cairn.Storage.Ledger.Sql;
using Npgsql;

namespace Cairn.Storage.Ledger.Postgres;

/// <summary>One connection that listens, from the first wait on; opened again, after growing pauses, whenever it breaks.</summary>
internal sealed class PostgresListener(NpgsqlDataSource source, Func<LedgerChange, string> channelOf, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, LedgerPulse> _pulses =
        Enum.GetValues<LedgerChange>().ToDictionary(channelOf, _ => new LedgerPulse(time), StringComparer.Ordinal);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task? _listening;

    public Task WaitAsync(LedgerChange change, TimeSpan atMost, CancellationToken cancel)
    {
        lock (_lock)
        {
            _listening ??= Task.Run(ListenAsync, CancellationToken.None);
        }

        return _pulses[channelOf(change)].WaitAsync(atMost, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_listening is not null)
        {
            await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                var connection = await source.OpenConnectionAsync(_stop.Token).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    await SubscribeAsync(connection).ConfigureAwait(false);
                    pause = FirstPause;
                    await HearAsync(connection).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (PostgresErrors.Translate(e, "") is not null)
            {
                // Those who wait look by themselves meanwhile, so there is nobody to tell.
                await Task.Delay(pause, time, _stop.Token).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task SubscribeAsync(NpgsqlConnection connection)
    {
        connection.Notification += (_, told) => _pulses.GetValueOrDefault(told.Channel)?.Ring();
        foreach (var channel in _pulses.Keys)
        {
            var listen = new NpgsqlCommand($"LISTEN \"{channel.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
            await using (listen.ConfigureAwait(false))
            {
                await listen.ExecuteNonQueryAsync(_stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task HearAsync(NpgsqlConnection connection)
    {
        // Something may have been told while nobody listened.
        foreach (var pulse in _pulses.Values)
        {
            pulse.Ring();
        }

        while (true)
        {
            await connection.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
    }
}
