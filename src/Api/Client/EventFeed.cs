using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Cairn.Api.Wire;
using Cairn.Actors.Runs;

namespace Cairn.Api.Client;

/// <summary>A run's events to its end, across lost connections and changes of seed.</summary>
public sealed class EventFeed
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly SeedClient _client;
    private readonly TimeProvider _time;

    /// <param name="client">The seed.</param>
    /// <param name="time">The clock for pauses.</param>
    public EventFeed(SeedClient client, TimeProvider time) => (_client, _time) = (client, time);

    /// <summary>How the run ended; null before its end.</summary>
    public RunState? End { get; private set; }

    /// <summary>The events of a run; completes after the run's last event.</summary>
    /// <param name="id">The run.</param>
    /// <param name="after">Only events with greater numbers.</param>
    /// <param name="lost">Called with the reason when a connection was lost; the feed continues.</param>
    /// <param name="cancel">Cancels the feed.</param>
    public async IAsyncEnumerable<EventWire> ReadAsync(
        string id, long after, Action<string>? lost = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (var pause = TimeSpan.FromSeconds(1); End is null;)
        {
            await using var connection = new Connection(this, id, after);
            while (await connection.NextAsync(cancel).ConfigureAwait(false) is { } next)
            {
                (after, pause) = (next.Number, TimeSpan.FromSeconds(1));
                yield return next;
            }

            if (End is null)
            {
                if (connection.Lost is { } reason)
                    lost?.Invoke(reason);

                await Task.Delay(pause, _time, cancel).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private sealed class Connection(EventFeed feed, string id, long after) : IAsyncDisposable
    {
        private HttpResponseMessage? _response;
        private IAsyncEnumerator<SseItem<string>>? _items;

        public string? Lost { get; private set; }

        /// <summary>The next event; null when the connection or the run has ended.</summary>
        public async Task<EventWire?> NextAsync(CancellationToken cancel)
        {
            try
            {
                _items ??= await OpenAsync(cancel).ConfigureAwait(false);
                if (_items is null || !await _items.MoveNextAsync().ConfigureAwait(false))
                    return null;

                var item = _items.Current;
                if (item.EventType != "end")
                    return JsonSerializer.Deserialize<EventWire>(item.Data, WireJson.Options);

                feed.End = JsonSerializer.Deserialize<StreamEnd>(item.Data, WireJson.Options)!.State;
                return null;
            }
            catch (Exception e) when (e is TransientException || SeedAnswers.IsBroken(e, cancel))
            {
                Lost = e.Message;
                return null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_items is not null)
                await _items.DisposeAsync().ConfigureAwait(false);

            _response?.Dispose();
        }

        private async Task<IAsyncEnumerator<SseItem<string>>?> OpenAsync(CancellationToken cancel)
        {
            _response = await feed._client.OpenEventsAsync(id, after, cancel).ConfigureAwait(false);
            if (_response.StatusCode == HttpStatusCode.NoContent)
            {
                // All events were received; only the end message was missed.
                feed.End = (await feed._client.RunAsync(id, brief: true, cancel).ConfigureAwait(false)).State;
                return null;
            }

            var stream = await _response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            return SseParser.Create(stream).EnumerateAsync(cancel).GetAsyncEnumerator(cancel);
        }
    }
}
